import { describe, expect, it } from "vitest";
import { judge } from "../../../src/guard/guard.ts";
import { changeOf, configured, stateOf } from "./requests.ts";

// The first judgement makes classes fine enough for the rule; what the second finds is remembered.

const SETTINGS = `
rules:
  - name: path
    type: forbidden-path
    from: {podSelector: {matchLabels: {app: a}}}
    to: {podSelector: {matchLabels: {app: a}}}
`;

const pod = (name: string, status = ""): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: {app: a}}
${status}
`;

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: shop}
spec: {template: {metadata: {labels: {app: a}}}}
`;

describe("the next pod of a kind", () => {
  const verdictOn = (
    state: ReturnType<typeof stateOf>,
    settings: ReturnType<typeof configured>,
    next: string,
  ): string => judge(state, changeOf(next), settings, () => undefined, []).kind;

  it("is judged anew when there are two for the first time", () => {
    const state = stateOf(DEPLOYMENT);
    const settings = configured(SETTINGS);
    for (const _ of [1, 2]) expect(verdictOn(state, settings, pod("one"))).toBe("allow");
    const { object } = changeOf(pod("one"));
    if (object !== undefined) state.upsert(object);
    expect(verdictOn(state, settings, pod("two"))).toBe("deny");
  });

  it("is judged by the address that it has already", () => {
    const others = `
---
apiVersion: v1
kind: Pod
metadata: {name: there, namespace: shop, labels: {app: a}}
status: {phase: Pending, podIP: 10.0.0.9}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: by-address, namespace: shop}
spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/32}}]}]}
`;
    const state = stateOf(`${pod("pending")}${others}`);
    const settings = configured(SETTINGS);
    for (const _ of [1, 2]) expect(verdictOn(state, settings, pod("one"))).toBe("allow");
    expect(verdictOn(state, settings, pod("two", "status: {podIP: 10.0.0.1}"))).toBe("deny");
  });
});
