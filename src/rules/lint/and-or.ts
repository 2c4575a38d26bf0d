import { rulesOf } from "../../engine/policy-facts.ts";
import type { Peer } from "../../model/policies.ts";
import { policyCheck, type Note } from "./check.ts";

/** A namespaceSelector with no pods named beside it. */
const isLoneNamespaces = (peer: Peer): boolean =>
  peer.kind === "endpoints" && peer.endpoints.namespace === undefined && peer.endpoints.pods.kind === "all";

/** A podSelector that leaves some pods of the own namespace out; all of them is no half of a peer. */
const isLonePods = (peer: Peer): boolean =>
  peer.kind === "endpoints" && peer.endpoints.namespace !== undefined && peer.endpoints.pods.kind !== "all";

/** Fields: from and to. Finds: a namespaceSelector alone beside a podSelector alone, where one dash less means both. */
export const andOr = policyCheck("and-or", (policy) =>
  rulesOf(policy).flatMap(({ peers = [] }): readonly Note[] => {
    const [namespaces, pods] = [peers.find(isLoneNamespaces), peers.find(isLonePods)];
    if (namespaces === undefined || pods === undefined) return [];
    return [
      {
        path: namespaces.path,
        message: `${pods.path} and ${namespaces.path} are two peers: such a pod of ${policy.ref.namespace} matches, and any pod of such a namespace`,
        fix: "remove the dash before the second selector if both must hold; write two rules if either is meant",
      },
    ];
  }),
);
