import { z } from "zod";
import { RULE_TYPES } from "../rules/index.ts";
import { cidr } from "../rules/options.ts";

/** The only API version so far. */
const API_VERSION = "netpol-guard.io/v1alpha1";

const mode = z.enum(["enforce", "warn", "audit", "off"]).meta({ id: "mode" });
const denyOrWarn = z.enum(["deny", "warn"]);

/** A DNS label: what namespaces and rules are called. */
const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "expected a lower-case DNS label such as db-not-from-frontend")
  .meta({ id: "dnsLabel", description: "A lower-case DNS label, as namespaces and rules have for names." });

const DAY_MS = 86_400_000;

const DURATION = /^([0-9]+)([smhd])$/;
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", DAY_MS],
]);

/** A time span such as `7d`, in milliseconds. */
const duration = z.string().transform((text, context) => {
  const [, count, unit = ""] = DURATION.exec(text) ?? [];
  const each = UNIT_MS.get(unit);
  if (count !== undefined && each !== undefined) return Number(count) * each;
  context.addIssue({ code: "custom", message: `expected a duration such as 12h or 7d, found ${JSON.stringify(text)}` });
  return z.NEVER;
});

const ruleFields = {
  name: dnsLabel.describe("Its own name: the second half of the code of its findings."),
  mode: mode.optional().describe("Its own mode; where the namespace has one too, the milder of the two holds."),
  consistency: z
    .enum(["cached", "confirm", "linearizable"])
    .default("confirm")
    .describe("How fresh the state is that a refusal rests on."),
};

const ruleSchemas = RULE_TYPES.map(({ type, summary, options }) =>
  z
    .strictObject({ ...ruleFields, type: z.literal(type).describe(summary), ...options })
    .meta({ title: type, description: `${summary} See docs/rules/${type}.md.` }),
);

/** What has a template and a uid to know its pods by. */
const WORKLOAD_KINDS = [
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "ReplicationController",
  "Job",
  "CronJob",
] as const;

const workload = z
  .string()
  .regex(
    new RegExp(`^(${WORKLOAD_KINDS.join("|")})/[a-z0-9.-]+$`),
    `expected Kind/name such as StatefulSet/db with one of ${WORKLOAD_KINDS.join(", ")}`,
  )
  .describe("Kind/name of what makes the pods, such as StatefulSet/db.")
  .transform((text) => ({ kind: text.slice(0, text.indexOf("/")), name: text.slice(text.indexOf("/") + 1) }));

const exceptionEnd = z
  .strictObject({ namespace: dnsLabel, workload, serviceAccount: z.string().min(1).default("default") })
  .transform(({ namespace, workload: { kind, name }, serviceAccount }) => ({ namespace, kind, name, serviceAccount }));

/** The end of a day, UTC. */
const lastDay = z.iso.date().transform((day) => Date.parse(`${day}T00:00:00Z`) + DAY_MS);

const exception = z.strictObject({
  rule: dnsLabel.describe("The name of the rule that it is an exception from."),
  from: exceptionEnd.optional().describe("The exact source."),
  to: exceptionEnd.optional().describe("The exact destination."),
  reason: z.string().min(1).describe("Why it is needed."),
  owner: z.string().min(1).describe("Who answers for it."),
  expires: lastDay.describe("The last day on which it holds, such as 2027-01-31."),
});

/** How much is logged, from everything to nothing. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** GuardConfiguration, as it stands in the file. */
export const guardConfiguration = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal("GuardConfiguration"),
  mode: mode
    .default("enforce")
    .describe("enforce refuses, warn admits with a warning, audit notes it in the audit log, off does not judge."),
  podCIDRs: z
    .array(cidr)
    .default([])
    .describe("Where pods get their addresses; `external: true` is every address outside of these."),
  exemptNamespaces: z
    .array(dnsLabel)
    .default([])
    .describe("Exact names: requests in these namespaces pass; their pods still count as ends of paths."),
  namespaceModes: z.record(dnsLabel, mode).default({}).describe("A mode by exact name of a namespace."),
  existingWorkloads: denyOrWarn
    .default("warn")
    .describe("What becomes of a pod whose violations running pods of its identity have already."),
  remember: duration.prefault("7d").describe("How long a violation stays known once no pod has it, such as 12h or 7d."),
  onUndecided: denyOrWarn
    .default("deny")
    .describe("What becomes of a change that could not be understood, or not be judged in time."),
  onUnsupportedLanguage: denyOrWarn
    .default("warn")
    .describe("What becomes of changes while policies of a language that is not judged are in the cluster."),
  onUnenforceable: denyOrWarn
    .default("warn")
    .describe("What becomes of a pod on its node's network at an end of a path, which no policy can keep from it."),
  logLevel: z.enum(LOG_LEVELS).optional().describe("How much is logged, in place of what the guard was started with."),
  rules: z
    .array(z.discriminatedUnion("type", ruleSchemas as [(typeof ruleSchemas)[number], ...typeof ruleSchemas]))
    .describe("What holds in the cluster."),
  exceptions: z.array(exception).default([]).describe("What is allowed for a time in spite of a rule."),
});
