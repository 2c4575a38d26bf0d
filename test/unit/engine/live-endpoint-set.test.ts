import { describe, expect, it } from "vitest";
import { pod } from "../../reference/fixtures.ts";
import { decode, networkPolicy, state } from "./worlds.ts";
import { ALL, isIn } from "../../../src/model/selectors.ts";

const selector = { namespaces: ALL, pods: isIn("app", ["a"]) };

describe("a set that is kept up to date", () => {
  it("says with a higher version that somebody came, went or is open", () => {
    const index = state(pod("shop/a", [], { labels: { app: "a" } }));
    const set = index.set(selector);
    const versions = [set.version];
    const step = (work: () => void): void => {
      work();
      versions.push(set.version);
    };
    const other = decode(pod("web/a", [], { labels: { app: "a" } }));
    step(() => {
      index.upsert(other);
    });
    step(() => {
      index.upsert(decode(networkPolicy("web/p", {})));
    });
    step(() => {
      index.remove(other.ref, "endpoint");
    });
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    const before = set.version;
    index.upsert(decode(pod("web/b", [], { labels: { app: "b" } })));
    expect(set.version).toBe(before);
  });

  it("knows who is open, and no longer who is isolated", () => {
    const index = state(pod("shop/a", [], { labels: { app: "a" } }));
    const set = index.set(selector);
    const open = (): readonly number[] => [[...set.open("ingress")].length, [...set.open("egress")].length];
    expect(open()).toEqual([1, 1]);
    index.upsert(decode(networkPolicy("shop/p", { policyTypes: ["Egress"] })));
    expect(open()).toEqual([1, 0]);
    index.upsert(decode(networkPolicy("shop/p", { policyTypes: ["Ingress", "Egress"] })));
    expect(open()).toEqual([0, 0]);
  });
});
