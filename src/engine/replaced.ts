import type { ClusterObject } from "../model/cluster-object.ts";
import type { Transition } from "./transition.ts";

/** The object in the state before the change; a namespace that nothing defines is there with its name label only. */
const known = ({ before, change }: Transition): ClusterObject | undefined => {
  const { ref } = change;
  switch (change.type) {
    case "policy": {
      const policy = before.policy(ref);
      return policy && { type: "policy", ref, policy };
    }
    case "endpoint": {
      const endpoint = before.endpoint(ref);
      return endpoint && { type: "endpoint", ref, endpoint };
    }
    case "namespace":
      return { type: "namespace", ref, namespace: before.namespace(ref.name) };
  }
};

/** What a change replaces, as the request says it or else as the state has it; undefined for a creation. */
export const replacedObject = (transition: Transition): ClusterObject | undefined => {
  const { operation, old } = transition.change;
  return operation === "CREATE" ? undefined : (old ?? known(transition));
};

/** What a change does to its object, as the request says it or else as the state shows it. */
export const operationOf = (transition: Transition): "CREATE" | "UPDATE" | "DELETE" => {
  const { operation } = transition.change;
  if (operation !== undefined) return operation;
  if (transition.change.object === undefined) return "DELETE";
  return replacedObject(transition) === undefined ? "CREATE" : "UPDATE";
};
