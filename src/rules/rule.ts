import type { z } from "zod";
import type { ForbiddenPaths } from "../engine/forbidden-paths.ts";
import type { Transition } from "../engine/transition.ts";
import type { AddressSet } from "../model/addresses.ts";
import type { ObjectRef } from "../model/objects.ts";
import type { EndpointSelector } from "../model/policies.ts";
import type { Precedents, Standing } from "./precedents.ts";

export type { Standing } from "./precedents.ts";

/** A field of an object, such as `spec.ingress[0].from[1]`. */
export interface FieldRef {
  readonly ref: ObjectRef;
  readonly path: string;
}

/** `advice` is worth a warning and never a refusal. */
export type ViolationKind = "violation" | "undecided" | "unenforceable" | "advice";

/** What a rule finds wrong, or cannot tell, after a change. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly standing: Standing;
  /** A policy that is still to come could end it. */
  readonly curable: boolean;
  /** One sentence that names the object, the ends and the ports. */
  readonly message: string;
  /** The witness, a line each. */
  readonly details: readonly string[];
  readonly fix: string;
  /** The fields that are to blame, where there are such. */
  readonly fields?: readonly FieldRef[] | undefined;
  /** So many more like it were left out. */
  readonly more: number;
}

/** A rule of the organisation, ready to judge. */
export interface OrgRule {
  /** Selectors that it asks for on every change: kept up to date, so a question costs no search. */
  readonly ends: readonly EndpointSelector[];
  /**
   * Whether the creation of an endpoint without addresses is judged by its class, the policies, the namespaces, and who
   * is in those `ends` that it is not in itself (in all of them, if it is in several) and by nothing else.
   */
  readonly byClass: boolean;
  /**
   * Whether what it finds hangs on who reaches whom, so that policies of a language that is not judged can make it wrong:
   * for its `ends`, or for every endpoint that a policy selects where it has none.
   */
  readonly dependsOnReachability: boolean;
  /** The paths that it wants closed, for maps of a whole cluster; absent where it is not about paths. */
  readonly forbids?: ForbiddenPaths;
  judge(transition: Transition, precedents: Precedents): readonly Violation[];
}

/** A type of rule: what its options are and how it judges. */
export interface RuleType {
  /** Also the name of its file, its corpus folder and its page in docs/rules. */
  readonly type: string;
  /** What holds where the rule does, in one sentence; editors show it. */
  readonly summary: string;
  /** The rule's own fields in the configuration, beside those that all rules have. */
  readonly options: z.ZodRawShape;
  /** Takes what `options` parsed. */
  compile(options: unknown, settings: RuleSettings): OrgRule;
}

/** What rules need of the rest of the configuration. */
export interface RuleSettings {
  /** Where pods get their addresses; empty where that is not configured. */
  readonly podCIDRs: AddressSet;
}

/** A rule type with the type of its options forgotten, so that all of them fit one list. */
export const defineRule = <Shape extends z.ZodRawShape>(rule: {
  readonly type: string;
  readonly summary: string;
  readonly options: Shape;
  readonly compile: (options: z.output<z.ZodObject<Shape>>, settings: RuleSettings) => OrgRule;
}): RuleType => ({
  type: rule.type,
  summary: rule.summary,
  options: rule.options,
  compile: (options, settings) => rule.compile(options as z.output<z.ZodObject<Shape>>, settings),
});
