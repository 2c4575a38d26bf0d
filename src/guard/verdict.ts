import type { GuardError } from "../model/errors.ts";
import type { ObjectRef } from "../model/objects.ts";
import type { FieldRef } from "../rules/rule.ts";

/** How strictly a rule is applied. */
export type Mode = "enforce" | "warn" | "audit" | "off";

/** Something that a rule has to say of a change. */
export interface Finding {
  /** Stable: `type/name` of the rule. */
  readonly code: string;
  /** What is done about it. */
  readonly effect: "deny" | "warn" | "audit";
  readonly standing: "new" | "known" | "existing" | "excepted";
  readonly kind: "violation" | "undecided" | "unenforceable" | "advice";
  readonly message: string;
  readonly details: readonly string[];
  readonly fix: string;
  /** The fields that are to blame, where there are such. */
  readonly fields?: readonly FieldRef[] | undefined;
  readonly docs: string;
  /** So many more like it were left out. */
  readonly more: number;
}

/** The answer to a change. */
export type Verdict =
  | { readonly kind: "allow"; readonly findings: readonly Finding[] }
  | {
      readonly kind: "deny";
      readonly findings: readonly [Finding, ...Finding[]];
      /** The cached objects without which it might be none. */
      readonly restsOn: readonly ObjectRef[];
    }
  /** The failure mode of the configuration decided: `refused` says how. Never a silent allow. */
  | { readonly kind: "undecided"; readonly cause: GuardError; readonly refused: boolean };
