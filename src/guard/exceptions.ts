import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { EndpointClass } from "../engine/endpoint-class.ts";
import type { Endpoint } from "../model/objects.ts";
import type { Ends } from "../rules/precedents.ts";

/** Exactly one workload. */
export interface ExceptionEnd {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly serviceAccount: string;
}

/** A violation of one rule that the administrator lets be, for a time. */
export interface Exception {
  /** The rule's name. */
  readonly rule: string;
  readonly from: ExceptionEnd | undefined;
  readonly to: ExceptionEnd | undefined;
  readonly reason: string;
  readonly owner: string;
  /** When it ends, in milliseconds since 1970. */
  readonly expires: number;
}

/**
 * Whether an endpoint is the workload itself, or a pod that refers to its live uid. A name alone makes nobody's pod:
 * anyone can take a name that is free.
 */
const isOf = (state: ClusterIndex, end: ExceptionEnd, { ref, owner, serviceAccount }: Endpoint): boolean => {
  const { kind, namespace, name } = end;
  if (ref.namespace !== namespace || serviceAccount !== end.serviceAccount) return false;
  if (ref.kind === kind && ref.name === name) return true;
  const uid = state.endpoint({ kind, namespace, name })?.uid ?? "";
  if (owner === undefined || uid === "") return false;
  return owner.uid === uid || state.makerOf(owner.uid)?.uid === uid;
};

const areOf = (state: ClusterIndex, end: ExceptionEnd | undefined, cls: EndpointClass): boolean =>
  end !== undefined && Iterator.from(cls.members()).every((member) => isOf(state, end, member));

const fits = (state: ClusterIndex, { from, to }: Exception, ends: Ends): boolean => {
  if (ends.from !== undefined && ends.to !== undefined)
    return areOf(state, from, ends.from) && areOf(state, to, ends.to);
  const [only] = [ends.from, ends.to].filter((end) => end !== undefined);
  if (only === undefined || (from !== undefined && to !== undefined)) return false;
  return areOf(state, from ?? to, only);
};

/**
 * The exception that covers a violation now: a path by one that names both its ends, anything else by one that names
 * the one workload. A class is covered if all of its endpoints are.
 */
export const exceptionFor = (
  state: ClusterIndex,
  exceptions: readonly Exception[],
  rule: string,
  ends: Ends,
  now: number,
): Exception | undefined =>
  exceptions.find((exception) => exception.rule === rule && now < exception.expires && fits(state, exception, ends));
