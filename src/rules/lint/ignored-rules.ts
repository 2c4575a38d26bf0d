import type { Direction } from "../../model/policies.ts";
import { policyCheck } from "./check.ts";

const TYPES: Readonly<Record<Direction, string>> = { ingress: "Ingress", egress: "Egress" };

/** Fields: spec.policyTypes. Finds: rules in a direction that the types do not name. */
export const ignoredRules = policyCheck("ignored-rules", (policy) =>
  (policy.ignored ?? []).map((direction) => ({
    path: `spec.${direction}`,
    message: `spec.${direction} has no effect: spec.policyTypes does not name ${TYPES[direction]}`,
    fix: `add ${TYPES[direction]} to spec.policyTypes, or remove spec.${direction}`,
  })),
);
