import { describe, expect, it } from "vitest";
import { policyEnforcement } from "../../../src/guard/enforcement.ts";
import { NETWORK_PLUGINS } from "../../../src/guard/network-plugins.ts";
import type { ObjectRef } from "../../../src/model/objects.ts";

/** What is said of a cluster with these DaemonSets, `namespace/name`. */
const saidOf = (...daemonSets: readonly string[]) =>
  policyEnforcement(
    ({ kind, namespace, name }: ObjectRef) => kind === "DaemonSet" && daemonSets.includes(`${namespace}/${name}`),
  );

describe("whether policies are enforced", () => {
  it.each([
    ["calico-system/calico-node", "Calico"],
    ["kube-system/calico-node", "Calico"],
    ["kube-system/canal", "Canal"],
    ["kube-system/cilium", "Cilium"],
    ["kube-system/kube-router", "Kube-router"],
    ["kube-system/weave-net", "Weave Net"],
    ["kube-system/romana-agent", "Romana"],
    ["kube-system/antrea-agent", "Antrea"],
    ["openshift-ovn-kubernetes/ovnkube-node", "OVN-Kubernetes"],
    ["kube-system/azure-npm", "Azure NPM"],
  ])("they are with %s", (daemonSet, name) => {
    expect(saidOf(daemonSet)).toEqual({
      answer: "enforced",
      plugins: [name],
      reason: `${name} enforces NetworkPolicy.`,
    });
  });

  it.each(["kube-flannel/kube-flannel-ds", "kube-system/kube-flannel-ds", "kube-system/kube-flannel"])(
    "they are not with %s alone",
    (daemonSet) => {
      const { answer, plugins, reason } = saidOf(daemonSet, "kube-system/kube-proxy");
      expect({ answer, plugins }).toEqual({ answer: "ignored", plugins: ["Flannel"] });
      expect(reason).toMatch(
        /^Flannel enforces no NetworkPolicy unless .*: policies are accepted and have no effect\.$/,
      );
    },
  );

  it("they are with one that enforces beside one that does not", () => {
    expect(saidOf("kube-flannel/kube-flannel-ds", "kube-system/kube-network-policies")).toMatchObject({
      answer: "enforced",
      plugins: ["kube-network-policies", "Flannel"],
    });
  });

  it.each(["kube-system/aws-node", "kube-system/kindnet"])("nobody knows with %s, which has a setting", (daemonSet) => {
    expect(saidOf(daemonSet, "kube-system/kube-flannel-ds")).toMatchObject({
      answer: "unknown",
      reason: expect.stringMatching(/ enforces NetworkPolicy (where|from) .*; look it up\.$/),
    });
  });

  it("nobody knows without any", () => {
    expect(saidOf("kube-system/kube-proxy")).toEqual({
      answer: "unknown",
      plugins: [],
      reason: "No DaemonSet of a network plug-in that is known here was found.",
    });
  });

  it.each(["shop/calico-node", "default/cilium", "calico-system/cilium"])(
    "nobody learns from %s, which a tenant could make",
    (daemonSet) => {
      expect(saidOf(daemonSet).answer).toBe("unknown");
    },
  );
});

it("no two plug-ins are told by one DaemonSet", () => {
  const places = NETWORK_PLUGINS.flatMap(({ namespaces, daemonSets }) =>
    namespaces.flatMap((namespace) => daemonSets.map((name) => `${namespace}/${name}`)),
  );
  expect(new Set(places).size).toBe(places.length);
});
