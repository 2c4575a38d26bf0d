import type { AddressSet } from "../model/addresses.ts";
import { DIRECTIONS, type Direction, type EndpointSelector, type Policy, type Rule } from "../model/policies.ts";
import { visitKeys } from "../model/selectors.ts";
import type { Governing, Stage } from "./state.ts";

/** What a policy's selectors, port names and blocks look at: the partition must tell it apart. */
export interface Mentioned {
  readonly keys: ReadonlySet<string>;
  readonly portNames: ReadonlySet<string>;
  readonly blocks: readonly AddressSet[];
}

/** All rules of a policy, of both directions. */
export const rulesOf = (policy: Policy): readonly Rule[] => [...(policy.ingress ?? []), ...(policy.egress ?? [])];

/** What the policy looks at. */
export const mentionedBy = (policy: Policy): Mentioned => {
  const keys = new Set<string>();
  const portNames = new Set<string>();
  const blocks: AddressSet[] = [];
  const note = (key: string): void => {
    keys.add(key);
  };
  visitKeys(policy.subject.pods, note);
  for (const rule of rulesOf(policy)) {
    for (const { name } of rule.portNames) portNames.add(name);
    for (const peer of rule.peers ?? [])
      if (peer.kind === "endpoints") visitKeys(peer.endpoints.pods, note);
      else if (peer.kind === "addresses") blocks.push(peer.addresses);
  }
  return { keys, portNames, blocks };
};

/** Whether an endpoint selector names everybody. */
export const isEverybody = (selector: EndpointSelector): boolean =>
  selector.namespace === undefined && selector.namespaces.kind === "all" && selector.pods.kind === "all";

/** Whether a rule may let in or out somebody whom none of its endpoint selectors names by a label or namespace. */
const isBroad = (rule: Rule): boolean =>
  rule.action !== "deny" &&
  (rule.peers === undefined || rule.peers.some((peer) => peer.kind !== "endpoints" || isEverybody(peer.endpoints)));

/** Whether the policies may leave a direction open to somebody whom no rule names by label or namespace. */
export const mayBeOpen = (governing: Governing, direction: Direction): boolean =>
  !governing.some(({ tier }) => tier.otherwise === "deny") ||
  governing.some(({ policies }) =>
    policies.some(
      (policy) =>
        policy.problems.length > 0 ||
        policy[direction]?.some((rule) => rule.action === "pass" || isBroad(rule)) === true,
    ),
  );

/** The endpoint selectors under which a direction of the policy can be found from the other end. */
export const namedPeers = (policy: Policy, direction: Direction): readonly EndpointSelector[] =>
  (policy[direction] ?? []).flatMap((rule) =>
    rule.action === "deny"
      ? []
      : (rule.peers ?? []).flatMap((peer) =>
          peer.kind === "endpoints" && !isEverybody(peer.endpoints) ? [peer.endpoints] : [],
        ),
  );

const byOrder = (a: Policy, b: Policy): number =>
  a.order - b.order || (a.ref.name < b.ref.name ? -1 : a.ref.name > b.ref.name ? 1 : 0);

/** Sorts policies that select an endpoint and govern `direction` into their tiers. */
export const stagesOf = (policies: Iterable<Policy>, direction: Direction): Governing => {
  const tiers = new Map<string, Policy[]>();
  for (const policy of policies) {
    if (policy[direction] === undefined) continue;
    const tier = tiers.get(policy.tier.name);
    if (tier === undefined) tiers.set(policy.tier.name, [policy]);
    else tier.push(policy);
  }
  const stages: Stage[] = [];
  for (const list of tiers.values()) {
    list.sort(byOrder);
    if (list[0] !== undefined) stages.push({ tier: list[0].tier, policies: list.slice() });
  }
  if (stages.length <= 1) return stages.slice();
  return stages.sort((a, b) => a.tier.order - b.tier.order || (a.tier.name < b.tier.name ? -1 : 1));
};

/** Both directions at once. */
export const governingOf = (policies: readonly Policy[]): Readonly<Record<Direction, Governing>> => {
  const [ingress, egress] = DIRECTIONS.map((direction) => stagesOf(policies, direction));
  return { ingress: ingress ?? [], egress: egress ?? [] };
};
