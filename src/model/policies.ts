import type { AddressSet } from "./addresses.ts";
import type { ObjectRef } from "./objects.ts";
import type { PortSet } from "./ports.ts";
import type { Selector } from "./selectors.ts";

/** Seen from the endpoint that a policy selects. */
export type Direction = "ingress" | "egress";

export const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];

/** `allow` and `deny` end the direction, `pass` ends the tier, `log` goes on. */
export type Action = "allow" | "deny" | "pass" | "log";

/** A set of endpoints by namespace and labels; every part given must hold. hostNetwork pods are never in it. */
export interface EndpointSelector {
  /** This very namespace. */
  readonly namespace?: string;
  /** By the namespace's labels. */
  readonly namespaces: Selector;
  /** By the endpoint's own labels. */
  readonly pods: Selector;
  /** By name, with `*` for any run of characters; any of them. */
  readonly namespaceGlobs?: readonly string[];
  /** By service-account name; any of them. */
  readonly serviceAccounts?: ReadonlySet<string>;
}

/** Whom a rule speaks of at the other end. */
export type Peer =
  | { readonly kind: "endpoints"; readonly endpoints: EndpointSelector; readonly path: string }
  | { readonly kind: "addresses"; readonly addresses: AddressSet; readonly path: string }
  | { readonly kind: "unknown"; readonly reason: string; readonly path: string };

/** A port by its name on the destination endpoint. */
export interface PortName {
  readonly name: string;
  readonly protocol: number;
}

/** One rule of a policy. */
export interface Rule {
  readonly action: Action;
  /** Undefined: anybody, outside the cluster too. */
  readonly peers: readonly Peer[] | undefined;
  readonly ports: PortSet;
  /** Added to `ports` once the destination is known. */
  readonly portNames: readonly PortName[];
  /** JSON path in the manifest, such as `spec.ingress[0]`. */
  readonly path: string;
}

/** A stage of the decision; lower order first, then name. */
export interface Tier {
  readonly name: string;
  readonly order: number;
  /** What befalls a packet that a policy of the tier governs and no rule of it matched. */
  readonly otherwise: "deny" | "pass";
}

/** Where Kubernetes NetworkPolicies decide: Calico's `default` tier, whose end is their isolation. */
export const DEFAULT_TIER: Tier = { name: "default", order: 1_000_000, otherwise: "deny" };

/** A policy of any language, compiled to tier → policy → rule → action. */
export interface Policy {
  readonly ref: ObjectRef;
  readonly tier: Tier;
  /** Within the tier; lower first, then name. */
  readonly order: number;
  readonly subject: EndpointSelector;
  /** Undefined: the policy does not govern this direction. */
  readonly ingress: readonly Rule[] | undefined;
  readonly egress: readonly Rule[] | undefined;
  readonly terminating: boolean;
  /** Directions in which it has rules and does not govern: they have no effect. */
  readonly ignored?: readonly Direction[];
  /** Parts that could not be understood, with the reason; what hangs on them is undecided. */
  readonly problems: readonly string[];
}
