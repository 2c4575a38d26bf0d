import type { Bits } from "./addresses.ts";
import { type End, namespaceOf, onHostNetwork } from "./cluster.ts";
import type { Direction, Manifest, NetworkPolicy, PolicySpec } from "./manifests.ts";
import { type Question, ruleMatches } from "./rules.ts";
import { selects } from "./selectors.ts";
import { some, type Ternary, ways } from "./ternary.ts";

/** One packet of one address family, between two ends. */
export interface Flow {
  readonly from: End;
  readonly to: End;
  readonly fromAddress: Bits | undefined;
  readonly toAddress: Bits | undefined;
  readonly protocol: string;
  readonly port: number;
}

function governs(spec: PolicySpec, direction: Direction): boolean {
  const written = spec.policyTypes ?? [];
  if (written.length > 0) return written.includes(direction);
  return direction === "Ingress" || (spec.egress ?? []).length > 0;
}

function allows(spec: PolicySpec, direction: Direction, question: Question): Ternary {
  return direction === "Ingress"
    ? some((spec.ingress ?? []).map((rule) => ruleMatches(rule ?? {}, rule?.from, question)))
    : some((spec.egress ?? []).map((rule) => ruleMatches(rule ?? {}, rule?.to, question)));
}

type State = "not isolated" | "isolated" | "allowed";

function next(state: State, selected: boolean, allowed: boolean): State {
  if (!selected || state === "allowed") return state;
  return allowed ? "allowed" : "isolated";
}

/** Whether the policies of one direction let a packet pass: tried with every meaning that what cannot be understood may have. */
export function directionAllows(objects: readonly Manifest[], direction: Direction, flow: Flow): Ternary {
  const ingress = direction === "Ingress";
  const pod = ingress ? flow.to.pod : flow.from.pod;
  if (pod === undefined || onHostNetwork(pod)) return true;
  const namespace = namespaceOf(pod);
  const policies = objects.filter(
    (object): object is NetworkPolicy =>
      object.kind === "NetworkPolicy" &&
      object.apiVersion === "networking.k8s.io/v1" &&
      namespaceOf(object) === namespace &&
      governs(object.spec ?? {}, direction),
  );
  const question: Question = {
    objects,
    policyNamespace: namespace,
    otherPod: ingress ? flow.from.pod : flow.to.pod,
    otherAddress: ingress ? flow.fromAddress : flow.toAddress,
    destinationPod: flow.to.pod,
    protocol: flow.protocol,
    port: flow.port,
  };
  let states: readonly State[] = ["not isolated"];
  for (const { spec } of policies) {
    const selected = selects(spec?.podSelector ?? {}, pod.metadata.labels ?? {});
    const allowed = allows(spec ?? {}, direction, question);
    const following = states.flatMap((state) =>
      ways(selected).flatMap((s) => ways(allowed).map((a) => next(state, s, a))),
    );
    states = [...new Set(following)];
  }
  if (!states.includes("isolated")) return true;
  return states.length === 1 ? false : "undecided";
}
