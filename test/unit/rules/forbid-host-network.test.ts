import { expect, it } from "vitest";
import { NO_PRECEDENTS } from "../../../src/rules/precedents.ts";
import { withChange } from "../../../src/engine/overlay.ts";
import { changeOf, stateOf } from "../guard/requests.ts";
import { refusalOf, ruleWith } from "./rule-options.ts";

it("takes globs, and exceptions that name namespaces", () => {
  expect(refusalOf("forbid-host-network")).toBe("no error");
  expect(refusalOf("forbid-host-network", "namespaces: []")).toMatch(/^1: namespaces: /);
  expect(refusalOf("forbid-host-network", "except:", "  - { serviceAccounts: [agent] }")).toMatch(
    /^2: except\[0\]\.namespaces: /,
  );
});

it("judges by the object that the request replaces, not by the state, which may lag", () => {
  const yaml = (hostNetwork: boolean): string =>
    `{ apiVersion: apps/v1, kind: DaemonSet, metadata: { name: agent, namespace: shop }, spec: { template: { spec: { hostNetwork: ${String(hostNetwork)} } } } }`;
  const before = stateOf(yaml(false));
  const judged = (operation: "CREATE" | "UPDATE") => {
    const change = changeOf(yaml(true), { operation });
    const after = withChange(before, change);
    return ruleWith("forbid-host-network").judge({ before, after, change, tick: () => undefined }, NO_PRECEDENTS);
  };
  expect(judged("CREATE")).toMatchObject([{ standing: "new" }]);
  expect(judged("UPDATE")).toMatchObject([{ standing: "existing" }]);
});
