import type { Transition } from "../../engine/transition.ts";
import type { ClusterState } from "../../engine/state.ts";
import { refText } from "../../model/objects.ts";
import type { Policy } from "../../model/policies.ts";
import type { FieldRef } from "../rule.ts";

/** What a check has to say, in a sentence, and what to do about it. */
export interface Note {
  /** The field that it is about. */
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

/** A note with whether it could be made before the change, too. */
export interface Advice extends Omit<Note, "path"> {
  readonly fields?: readonly FieldRef[] | undefined;
  readonly standing: "new" | "existing";
  /** So many more like it were left out. */
  readonly more: number;
}

/** One thing that is allowed and hardly ever meant. */
export interface LintCheck {
  /** As the configuration names it. */
  readonly name: string;
  readonly find: (transition: Transition) => readonly Advice[];
}

/** Reads one policy in a state; a note says where in the policy, and not what the policy is called. */
type ReadPolicy = (policy: Policy, state: ClusterState, tick: () => void) => readonly Note[];

/** A check of the policy that a change brings: what its old form had already is existing. */
export const policyCheck = (name: string, read: ReadPolicy): LintCheck => ({
  name,
  find: ({ before, after, change, tick }) => {
    const now = change.type === "policy" ? after.policy(change.ref) : undefined;
    if (now === undefined) return [];
    const old = before.policy(change.ref);
    const then = new Set(old === undefined ? [] : read(old, before, tick).map(({ message }) => message));
    return read(now, after, tick).map(({ path, message, fix }) => ({
      fields: [{ ref: now.ref, path }],
      message: `${refText(now.ref)}, ${message}`,
      fix,
      standing: then.has(message) ? "existing" : "new",
      more: 0,
    }));
  },
});
