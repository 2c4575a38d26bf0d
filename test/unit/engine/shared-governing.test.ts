import { describe, expect, it } from "vitest";
import { SharedGoverning, type Governed } from "../../../src/engine/shared-governing.ts";
import { DEFAULT_TIER, type Policy } from "../../../src/model/policies.ts";
import { decode, networkPolicy } from "./worlds.ts";

const policyOf = (path: string): Policy => {
  const object = decode(networkPolicy(path, {}));
  return object.type === "policy" ? object.policy : expect.fail("expected a policy");
};
const [A, B] = [policyOf("shop/a"), policyOf("shop/b")];
const by = (...policies: readonly Policy[]): Governed => ({
  ingress: policies.length === 0 ? [] : [{ tier: DEFAULT_TIER, policies }],
  egress: [],
});

describe("what governs classes", () => {
  it("is one value where it is the same policies", () => {
    const shared = new SharedGoverning();
    const first = shared.share("shop", by(A, B));
    expect(shared.share("shop", by(A, B))).toBe(first);
    expect(shared.share("web", by(A, B))).not.toBe(first);
  });

  it.each([
    ["none", by()],
    ["fewer", by(A)],
    ["others", by(A, policyOf("shop/b"))],
    ["the other direction", { ingress: [], egress: by(A, B).ingress }],
  ])("is another where there are %s", (_, other) => {
    const shared = new SharedGoverning();
    shared.share("shop", by(A, B));
    expect(shared.share("shop", other)).toBe(other);
  });

  it("is forgotten for one namespace, or for all", () => {
    const shared = new SharedGoverning();
    const [shop, web] = [shared.share("shop", by(A)), shared.share("web", by(A))];
    shared.forget("shop");
    expect(shared.share("shop", by(A))).not.toBe(shop);
    expect(shared.share("web", by(A))).toBe(web);
    shared.forget(undefined);
    expect(shared.share("web", by(A))).not.toBe(web);
  });

  it("is kept for eight ways, the oldest forgotten first", () => {
    const shared = new SharedGoverning();
    const ways = Array.from({ length: 9 }, (_, index) => shared.share("shop", by(policyOf(`shop/p${String(index)}`))));
    const again = ways.map((way) => ({ ...way }));
    expect(shared.share("shop", again[8] ?? by())).toBe(ways[8]);
    expect(shared.share("shop", again[1] ?? by())).toBe(ways[1]);
    expect(shared.share("shop", again[0] ?? by())).toBe(again[0]);
  });
});
