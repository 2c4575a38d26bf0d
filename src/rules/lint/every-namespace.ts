import { rulesOf } from "../../engine/policy-facts.ts";
import type { Peer } from "../../model/policies.ts";
import { policyCheck } from "./check.ts";

const isEveryPod = (peer: Peer): boolean =>
  peer.kind === "endpoints" &&
  peer.endpoints.namespace === undefined &&
  peer.endpoints.namespaces.kind === "all" &&
  peer.endpoints.pods.kind === "all";

/** Fields: from and to. Finds: `namespaceSelector: {}` with no podSelector, which is every pod of the cluster. */
export const everyNamespace = policyCheck("every-namespace", (policy) =>
  rulesOf(policy)
    .flatMap(({ peers = [] }) => peers.filter(isEveryPod))
    .map(({ path }) => ({
      path,
      message: `${path} names every pod of the cluster`,
      fix: "name the namespaces by a label, or use podSelector alone for the pods of the policy's own namespace",
    })),
);
