import { cidrsText } from "../model/address-text.ts";
import { refText } from "../model/objects.ts";
import type { Direction } from "../model/policies.ts";
import { portsText } from "../model/ports.ts";
import type { Explanation, Witness } from "./explain.ts";
import type { EndpointClass } from "./endpoint-class.ts";
import type { Grant } from "./grants.ts";
import { representative } from "./endpoint-class.ts";
import type { Replacement } from "./overlay.ts";

/** The endpoint that stands for a class in messages: `namespace/name`. */
export const classText = (endpoint: EndpointClass): string => {
  const { ref } = representative(endpoint);
  return ref.kind === "Pod" ? `${ref.namespace}/${ref.name}` : `${ref.namespace}/${ref.kind}/${ref.name}`;
};

/** What a request does, as the subject of a sentence: `NetworkPolicy shop/open-db`, `deleting NetworkPolicy shop/deny`. */
export const changeText = (change: Replacement): string =>
  change.object === undefined ? `deleting ${refText(change.ref)}` : refText(change.ref);

/** Why one direction decided as it did: `shop/NetworkPolicy/open-db, spec.ingress[0].from[1]`. */
export const witnessText = (witness: Witness): string => {
  switch (witness.kind) {
    case "rule":
      return `${witness.policy.namespace === "" ? "" : `${witness.policy.namespace}/`}${witness.policy.kind}/${witness.policy.name}, ${witness.path}`;
    case "not-selected":
      return "no policy selects it";
    case "isolated":
      return `no rule of ${witness.policies.map((ref) => `${ref.namespace}/${ref.name}`).join(", ")} matches`;
    case "undecided":
      return `${refText(witness.policy)} cannot be understood: ${witness.reason}`;
    case "outside":
      return "outside the cluster";
    case "local":
      return "never leaves the pod or its node";
    case "finished":
      return "the pod has finished";
  }
};

/** What is open by address: `10.0.0.0/8 on TCP 80; …`. */
export const grantsText = (grants: readonly Grant[]): string =>
  grants.map(({ addresses, ports }) => `${cidrsText(addresses)} on ${portsText(ports)}`).join("; ");

/** Both directions of a path in one line. */
export const pathText = (explanations: Readonly<Record<Direction, Explanation>>): string =>
  `egress: ${witnessText(explanations.egress.witness)}   ingress: ${witnessText(explanations.ingress.witness)}`;
