import type { Direction, Policy } from "../../model/policies.ts";
import { policyCheck } from "./check.ts";

const TYPES: Readonly<Record<Direction, string>> = { ingress: "Ingress", egress: "Egress" };

/** Directions in which the manifest has rules that its types leave without effect. */
const ignoredBy = (policy: Policy & { readonly ignored?: readonly Direction[] }): readonly Direction[] =>
  policy.ignored ?? [];

/** Fields: spec.policyTypes. Finds: rules in a direction that the types do not name. */
export const ignoredRules = policyCheck("ignored-rules", (policy) =>
  ignoredBy(policy).map((direction) => ({
    message: `spec.${direction} has no effect: spec.policyTypes does not name ${TYPES[direction]}`,
    fix: `add ${TYPES[direction]} to spec.policyTypes, or remove spec.${direction}`,
  })),
);
