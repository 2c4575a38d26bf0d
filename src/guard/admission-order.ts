import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { FinishedOptions } from "./judge-part.ts";
import { changeTo, without, type Part } from "./state-parts.ts";
import { judge } from "./guard.ts";
import type { Verdict } from "./verdict.ts";

/** An order in which a webhook would admit parts one after another, or the first one that it keeps refusing, and why. */
export type FoundOrder =
  | { readonly kind: "found"; readonly parts: readonly Part[] }
  | { readonly kind: "none"; readonly part: Part; readonly verdict: Verdict };

const NO_LIMIT = (): void => undefined;

const isAdmitted = (verdict: Verdict): boolean =>
  verdict.kind === "allow" || (verdict.kind === "undecided" && !verdict.refused);

/**
 * Looks for an order in which parts of a state would be admitted if they came one by one to the state before: always the
 * first one that would be, as what closes paths may have to come before what opens others.
 */
export const findOrder = (
  state: ClusterIndex,
  parts: readonly Part[],
  { settings, unsupported, past }: FinishedOptions,
): FoundOrder =>
  without(state, parts, () => {
    const left = new Set(parts);
    const admitted: Part[] = [];
    for (;;) {
      let refused: { readonly part: Part; readonly verdict: Verdict } | undefined;
      let hasProgressed = false;
      for (const part of left) {
        const verdict = judge(state, changeTo(part), settings, NO_LIMIT, unsupported, past);
        if (isAdmitted(verdict)) {
          state.upsert(part.object);
          left.delete(part);
          admitted.push(part);
          hasProgressed = true;
        } else refused ??= { part, verdict };
      }
      if (refused === undefined) return { kind: "found", parts: admitted };
      if (!hasProgressed) return { kind: "none", ...refused };
    }
  });
