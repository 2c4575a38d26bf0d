import type { RuleCode } from "./rules.ts";

/** What kubectl is asked: arguments, and an object to send with them. */
export interface Ask {
  readonly args: readonly string[];
  readonly input?: object;
}

/** A request that breaks one rule, in a namespace of its own. */
export interface ModeCase {
  /** The only rule that has anything to say. */
  readonly code: RuleCode;
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  readonly what: string;
  /** What is there before, the namespace among it. */
  readonly world: (at: string) => readonly object[];
  readonly ask: (at: string) => Ask;
}

export const create = (input: object): Ask => ({ args: ["create", "-f", "-"], input });

export const update = (input: object): Ask => ({ args: ["apply", "-f", "-"], input });

/** Sets or, with a dash at its end, removes a label of a pod, or of the namespace where no pod is named. */
export const label = (at: string, set: string, name?: string): Ask => ({
  args: ["label", "--overwrite", ...(name === undefined ? ["namespace", at] : ["pod", name, "-n", at]), set],
});

export const removePolicy = (at: string, name: string): Ask => ({ args: ["delete", "networkpolicy", name, "-n", at] });
