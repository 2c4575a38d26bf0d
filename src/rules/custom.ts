import { z } from "zod";
import type { Transition } from "../engine/transition.ts";
import { replacedObject } from "../engine/replaced.ts";
import { isUnchanged } from "../engine/unchanged.ts";
import { changeText } from "../engine/words.ts";
import { ALL_ADDRESSES, type AddressSet } from "../model/addresses.ts";
import { openedPaths, type Opened, type PathScope } from "./custom/opened.ts";
import { CompileError, compileProgram, type Outcome, type Program } from "./custom/program.ts";
import { changeValue, namespaceValue, openedValue } from "./custom/values.ts";
import { pathEnd, ports, type PathEnd } from "./options.ts";
import { addressesOf, endpointsOf, EVERYBODY } from "./path-ends.ts";
import { caseOf } from "./precedents.ts";
import { defineRule, type Standing, type Violation } from "./rule.ts";

/** A CEL expression, compiled as the configuration is read. */
const expression = z.string().transform((source, context): Program => {
  try {
    return compileProgram(source);
  } catch (cause) {
    if (!(cause instanceof CompileError)) throw cause;
    context.addIssue({ code: "custom", message: cause.message });
    return z.NEVER;
  }
});

/** Both endpoints and addresses where the configuration names no end. */
const endOf = (end: PathEnd | undefined, podAddresses: AddressSet): PathScope["from"] =>
  end === undefined
    ? { endpoints: EVERYBODY, addresses: ALL_ADDRESSES }
    : { endpoints: endpointsOf(end), addresses: addressesOf(end, podAddresses) };

/** An update of nothing that is judged brings nothing new, and neither does another pod like those that run. */
const standingOf = ({ before, change }: Transition, isIdle: boolean): Standing => {
  if (isIdle) return "existing";
  const isKnown = change.object?.type === "endpoint" && before.runningTwins(change.object.endpoint).length > 0;
  return isKnown ? "known" : "new";
};

const NOTHING: Opened = { paths: [], gap: undefined };

/** What the expression says of the change; one that was told less than there is decides nothing by being true. */
const outcomeOf = (transition: Transition, program: Program, scope: PathScope, isIdle: boolean): Outcome => {
  let seen: Opened | undefined;
  const outcome = program.run(
    {
      change: changeValue(transition),
      namespaceObject: namespaceValue(transition),
      opened: () => openedValue((seen = isIdle ? NOTHING : openedPaths(transition, scope)).paths),
    },
    transition.tick,
  );
  return outcome.kind === "passed" && seen?.gap !== undefined ? { kind: "undecided", reason: seen.gap } : outcome;
};

/**
 * Fields: `change`, `namespaceObject` and `opened`, the paths that the change opens between `from` and `to` on the ports.
 * Passes: the expression is true. One that fails, or looks at more than can be told, is undecided.
 */
export const custom = defineRule({
  type: "custom",
  summary: "A CEL expression on the change, and on the paths that it opens, is true.",
  options: {
    expression: expression.describe("A CEL expression; a change for which it is true passes."),
    message: z.string().min(1).describe("What is said where it is false."),
    fix: z.string().min(1).optional().describe("How to put it right; default: the expression."),
    from: pathEnd.optional().describe("Narrows `opened`; default: everybody."),
    to: pathEnd.optional().describe("Narrows `opened`; default: everybody."),
    ports: ports.describe("Narrows `opened`; none: any port."),
  },
  compile: ({ expression: program, message, fix, from, to, ports: wanted }, { podCIDRs }) => {
    const scope: PathScope = { from: endOf(from, podCIDRs), to: endOf(to, podCIDRs), ports: wanted };
    return {
      ends: [scope.from.endpoints, scope.to.endpoints].filter((end) => end !== undefined),
      byClass: false,
      dependsOnReachability: program.asksWhatOpened,
      judge: (transition, precedents): readonly Violation[] => {
        const isIdle = isUnchanged(replacedObject(transition), transition.change.object);
        const outcome = outcomeOf(transition, program, scope, isIdle);
        if (outcome.kind === "passed") return [];
        const isFailed = outcome.kind === "failed";
        const computed = standingOf(transition, isIdle);
        const cls = transition.change.type === "endpoint" ? transition.after.classOf(transition.change.ref) : undefined;
        return [
          {
            kind: isFailed ? "violation" : "undecided",
            standing: cls === undefined ? computed : precedents.standing(computed, caseOf(cls, outcome.kind)),
            curable: false,
            message: `${changeText(transition.change)}: ${message}${isFailed ? "" : ", which cannot be told"}`,
            details: outcome.kind === "undecided" ? [`the expression cannot be evaluated: ${outcome.reason}`] : [],
            fix: fix ?? `make this true: ${program.source.replace(/\s+/g, " ").trim()}`,
            more: 0,
          },
        ];
      },
    };
  },
});
