import { rulesOf } from "../../engine/policy-facts.ts";
import type { ClusterState } from "../../engine/state.ts";
import type { EndpointSelector } from "../../model/policies.ts";
import { policyCheck } from "./check.ts";

/** All pods of the own namespace are meant whether there are any yet or not. */
const isOwnNamespace = ({ namespace, pods }: EndpointSelector): boolean =>
  namespace !== undefined && pods.kind === "all";

const matchesNothing = (state: ClusterState, selector: EndpointSelector): boolean => {
  if (isOwnNamespace(selector)) return false;
  for (const cls of state.select(selector)) if (!cls.hostNetwork) return false;
  return true;
};

/** Fields: spec.podSelector, from and to. Finds: a selector that no pod of the cluster matches now. */
export const matchesNothingNow = policyCheck("matches-nothing", (policy, state, tick) => {
  const peers = rulesOf(policy).flatMap((rule) =>
    (rule.peers ?? []).flatMap((peer) =>
      peer.kind === "endpoints" ? [{ selector: peer.endpoints, path: peer.path }] : [],
    ),
  );
  return [{ selector: policy.subject, path: "spec.podSelector" }, ...peers]
    .filter(({ selector }) => {
      tick();
      return matchesNothing(state, selector);
    })
    .map(({ path }) => ({
      path,
      message: `${path} matches no pod now`,
      fix: "compare keys and values with the labels of the pods and namespaces that are meant (kubectl get --show-labels)",
    }));
});
