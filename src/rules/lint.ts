import { z } from "zod";
import { andOr } from "./lint/and-or.ts";
import type { LintCheck } from "./lint/check.ts";
import { dnsEgress } from "./lint/dns-egress.ts";
import { everyNamespace } from "./lint/every-namespace.ts";
import { ignoredRules } from "./lint/ignored-rules.ts";
import { matchesNothingNow } from "./lint/matches-nothing.ts";
import { portName } from "./lint/port-name.ts";
import { defineRule, type Violation } from "./rule.ts";

/** Every check, in the order of the rule's page. */
const CHECKS: readonly LintCheck[] = [andOr, everyNamespace, matchesNothingNow, portName, ignoredRules, dnsEgress];

/** So many findings of one check are worded; a message shows no more. */
const MOST_WORDED = 10;

/**
 * Fields: what each check under lint/ names. Passes: always; what a policy hardly ever means is worth a warning and no
 * refusal.
 */
export const lint = defineRule({
  type: "lint",
  summary: "Warns of what a policy may say and hardly ever means.",
  options: {
    checks: z
      .array(z.enum(CHECKS.map(({ name }) => name)))
      .min(1)
      .default(CHECKS.map(({ name }) => name))
      .describe("Which checks are made; default: all."),
  },
  compile: ({ checks }) => ({
    ends: [],
    byClass: false,
    dependsOnReachability: false,
    judge: (transition) =>
      CHECKS.filter(({ name }) => checks.includes(name)).flatMap((check) => {
        transition.tick();
        const found = check.find(transition);
        return found.slice(0, MOST_WORDED).map(({ fields, message, fix, standing, more }, index): Violation => {
          const left = index === MOST_WORDED - 1 ? found.length - MOST_WORDED : 0;
          return { kind: "advice", standing, curable: false, message, details: [], fix, fields, more: more + left };
        });
      }),
  }),
});
