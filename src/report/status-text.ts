import type {
  EntryStatus,
  ExceptionStatus,
  GuardStatus,
  NamespaceStatus,
  RegistrationStatus,
} from "../guard/status.ts";

/** What a terminal would take for a command, and not for a text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

const plural = (count: number, what: string): string => `${String(count)} ${what}${count === 1 ? "" : "s"}`;

/** Rows of equal columns, two spaces between them. */
const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows.map((row) => `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd());
};

const entryRow = ({ name, failurePolicy, calls, hasCa }: EntryStatus): readonly string[] => [
  name,
  failurePolicy,
  calls,
  hasCa ? "" : "no caBundle: calls fail",
];

const emergencyLines = (emergency: RegistrationStatus["emergency"], count: number): readonly string[] => {
  if (emergency === undefined) return ["emergency: none"];
  const { since, entries } = emergency;
  const by = entries.length === count ? "" : ` by ${entries.join(", ")}`;
  return [
    `emergency${since === undefined ? "" : ` since ${since}`}: nothing is refused${by}`,
    "  it ends with: netpol-guard emergency --undo",
  ];
};

const registrationLines = (registration: RegistrationStatus | undefined): readonly string[] => {
  if (registration === undefined) return ["registration: none, so the guard is asked nothing and enforces nothing"];
  const { entries, missing, emergency } = registration;
  return [
    "registration (entry, without an answer, where it is asked for):",
    ...table(entries.map(entryRow)),
    ...missing.map((name) => `  ${name}: shipped, and not there`),
    ...entries.flatMap(({ name, differences }) => differences.map((line) => `  ${name}: ${line}`)),
    ...emergencyLines(emergency, entries.length),
  ];
};

/** Why rules that are configured are not enforced. */
const unenforced = (registration: RegistrationStatus | undefined): string => {
  if (registration === undefined) return " (the guard is asked nothing)";
  return registration.emergency === undefined ? "" : " (but for the emergency)";
};

const exceptionRow = ({ rule, expires, daysLeft, owner, reason }: ExceptionStatus): readonly string[] => [
  rule,
  daysLeft === 0 ? `ended on ${expires}` : `${plural(daysLeft, "day")} left, until ${expires}`,
  `${owner}: ${reason}`,
];

const configurationLines = ({ configuration, registration }: GuardStatus): readonly string[] => {
  const { source, fault, mode, rules, exceptions, notes } = configuration;
  if (fault !== undefined)
    return [`configuration: ${source} would not load: ${fault}; a guard that runs keeps what it loaded before`];
  return [
    `configuration: ${source}, mode ${mode ?? ""}`,
    `rules${unenforced(registration)}:`,
    ...(rules.length === 0 ? ["  none"] : table(rules.map((rule) => [rule.name, rule.mode, rule.type]))),
    "exceptions:",
    ...(exceptions.length === 0 ? ["  none"] : table(exceptions.map(exceptionRow))),
    ...notes.map((note) => `  note: ${note}`),
  ];
};

const namespaceLines = (namespaces: readonly NamespaceStatus[]): readonly string[] => [
  "namespaces that are not as all others:",
  ...(namespaces.length === 0
    ? ["  none"]
    : table(
        namespaces.flatMap(({ name, mode = "", reasons }) =>
          reasons.map((reason, index) => (index === 0 ? [name, mode, reason] : ["", "", reason])),
        ),
      )),
];

/** What is enforced where, for people. */
export const statusText = (status: GuardStatus): string =>
  [
    `API server: ${status.server}`,
    ...registrationLines(status.registration),
    ...configurationLines(status),
    ...namespaceLines(status.namespaces),
    `network policies: ${status.network.answer}. ${status.network.reason}`,
  ]
    .map((line) => `${line.replace(UNPRINTABLE, " ")}\n`)
    .join("");
