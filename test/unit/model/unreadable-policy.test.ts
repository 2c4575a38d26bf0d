import { expect, it } from "vitest";
import { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import { answerProbe } from "../../../src/engine/probe.ts";
import { DEFAULT_TIER } from "../../../src/model/policies.ts";
import { ALL_PORTS } from "../../../src/model/ports.ts";
import { ALL } from "../../../src/model/selectors.ts";
import { unreadablePolicy } from "../../../src/model/unreadable-policy.ts";
import { pod } from "../../reference/fixtures.ts";
import { compile } from "../../property/world.ts";

const ref = { kind: "NetworkPolicy", namespace: "shop", name: "odd" };

it.each([
  ["into its namespace", "web/a", "shop/b", "undecided"],
  ["out of its namespace", "shop/b", "web/a", "undecided"],
  ["past its namespace", "web/a", "web/c", true],
])("a policy that cannot be read leaves packets %s open", (_, from, to, allowed) => {
  const index = new ClusterIndex();
  for (const path of ["web/a", "shop/b", "web/c"]) index.upsert(compile(pod(path, [])));
  index.upsert({ type: "policy", ref, policy: unreadablePolicy(ref, "spec: expected a mapping") });
  const answer = answerProbe(index, { from, to, protocol: "SCTP", port: 65535 });
  expect(answer.allowed).toBe(allowed);
  if (allowed === "undecided")
    expect([answer.ingress.witness, answer.egress.witness]).toContainEqual({
      kind: "undecided",
      policy: ref,
      reason: "spec: expected a mapping",
    });
});

it("a policy that cannot be read is an ordinary Kubernetes policy of its namespace in everything else", () => {
  const anything = {
    action: "allow",
    peers: [{ kind: "unknown", reason: "why", path: "spec" }],
    ports: ALL_PORTS,
    portNames: [],
    path: "spec",
  };
  expect(unreadablePolicy(ref, "why")).toEqual({
    ref,
    tier: DEFAULT_TIER,
    order: 1000,
    subject: { namespace: "shop", namespaces: ALL, pods: { kind: "unknown", reason: "why" } },
    ingress: [anything],
    egress: [anything],
    terminating: false,
    problems: ["why"],
  });
});
