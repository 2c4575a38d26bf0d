import { z } from "zod";
import { RULE_TYPES } from "../rules/index.ts";
import { cidr } from "../rules/options.ts";

/** The only API version so far. */
const API_VERSION = "netpol-guard.io/v1alpha1";

const mode = z.enum(["enforce", "warn", "audit", "off"]);
const denyOrWarn = z.enum(["deny", "warn"]);

/** A DNS label: what namespaces and rules are called. */
const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "expected a lower-case DNS label such as db-not-from-frontend");

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
  name: dnsLabel,
  mode: mode.optional(),
  consistency: z.enum(["cached", "confirm", "linearizable"]).default("confirm"),
};

const ruleSchemas = RULE_TYPES.map(({ type, options }) =>
  z.strictObject({ ...ruleFields, type: z.literal(type), ...options }),
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

const workload = z.string().transform((text, context) => {
  const [, kind, name] = /^([A-Za-z]+)\/([a-z0-9.-]+)$/.exec(text) ?? [];
  if (kind !== undefined && name !== undefined && WORKLOAD_KINDS.some((known) => known === kind)) return { kind, name };
  context.addIssue({
    code: "custom",
    message: `expected Kind/name such as StatefulSet/db with one of ${WORKLOAD_KINDS.join(", ")}, found ${JSON.stringify(text)}`,
  });
  return z.NEVER;
});

const exceptionEnd = z
  .strictObject({ namespace: dnsLabel, workload, serviceAccount: z.string().min(1).default("default") })
  .transform(({ namespace, workload: { kind, name }, serviceAccount }) => ({ namespace, kind, name, serviceAccount }));

/** The end of a day, UTC. */
const lastDay = z.iso.date().transform((day) => Date.parse(`${day}T00:00:00Z`) + DAY_MS);

const exception = z.strictObject({
  rule: dnsLabel,
  from: exceptionEnd.optional(),
  to: exceptionEnd.optional(),
  reason: z.string().min(1),
  owner: z.string().min(1),
  expires: lastDay,
});

/** GuardConfiguration, as it stands in the file. */
export const guardConfiguration = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal("GuardConfiguration"),
  mode: mode.default("enforce"),
  podCIDRs: z.array(cidr).default([]),
  exemptNamespaces: z.array(dnsLabel).default([]),
  namespaceModes: z.record(dnsLabel, mode).default({}),
  existingWorkloads: denyOrWarn.default("warn"),
  remember: duration.default(7 * DAY_MS),
  onUndecided: denyOrWarn.default("deny"),
  onUnsupportedLanguage: denyOrWarn.default("warn"),
  onUnenforceable: denyOrWarn.default("warn"),
  rules: z.array(z.discriminatedUnion("type", ruleSchemas as [(typeof ruleSchemas)[number], ...typeof ruleSchemas])),
  exceptions: z.array(exception).default([]),
});
