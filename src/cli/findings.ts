import { createHash } from "node:crypto";
import type { PartFinding } from "../guard/judge-part.ts";
import { Option, type Command } from "commander";
import { parseConfiguration, readConfiguration } from "../config/load.ts";
import type { LoadedObject } from "../cluster/manifest-files.ts";
import { daysLeft, lastDayText } from "../guard/days-left.ts";
import type { GuardSettings } from "../guard/settings.ts";
import { kindLines, presenceText, type UnsupportedLanguage } from "../guard/unsupported.ts";
import type { Finding, Mode } from "../guard/verdict.ts";
import { isSameRef, refKey } from "../model/objects.ts";
import type { OutputFormat } from "../report/format.ts";
import { OUTPUT_FORMATS } from "../report/index.ts";
import { LEVELS, levelOf, type Level } from "../report/levels.ts";
import type { AdmissionOrder, Evidence, LocatedFinding, Report, ReportedException } from "../report/report.ts";
import { choiceOption, wordChoices } from "./choice.ts";
import type { CommandContext, ExitCode } from "./command.ts";
import { VERSION } from "./version.ts";

/** What `check` and `scan` are both told. */
export interface FindingsOptions {
  readonly config: string;
  readonly output: OutputFormat;
  readonly failOn: Level;
  readonly warnOnly: boolean;
  readonly as: Mode | undefined;
}

/** A configuration, with what a report says of it. */
export interface JudgedBy {
  readonly settings: GuardSettings;
  /** SHA-256 of its text, in hexadecimal. */
  readonly hash: string;
}

/** Adds the options of commands that report findings. */
export const addFindingsOptions = (command: Command): Command =>
  command
    .requiredOption("--config <file>", "GuardConfiguration with the rules")
    .addOption(
      choiceOption(
        "-o, --output <format>",
        "output format",
        new Map(OUTPUT_FORMATS.map((format) => [format.name, format])),
        "text",
      ),
    )
    .addOption(
      choiceOption("--fail-on <level>", "the mildest finding that ends with code 1", wordChoices(LEVELS), "error"),
    )
    .option("--warn-only", "end with code 0 whatever is found", false)
    .addOption(
      new Option("--as <mode>", "judge as if this were the mode everywhere").choices(["enforce", "warn", "audit"]),
    );

/** The settings with one mode for all that is not off. */
const inMode = (settings: GuardSettings, mode: Mode | undefined): GuardSettings =>
  mode === undefined
    ? settings
    : {
        ...settings,
        mode,
        rules: settings.rules.map((rule) => ({ ...rule, mode: rule.mode === "off" ? rule.mode : undefined })),
        namespaceModes: new Map([...settings.namespaceModes].filter(([, own]) => own === "off")),
      };

/** Reads what is judged by; notes go to standard error. Throws DecodeError. */
export const readRules = async (
  { config, as }: FindingsOptions,
  { err }: Pick<CommandContext, "err">,
): Promise<JudgedBy> => {
  const source = await readConfiguration(config);
  const { settings, notes } = parseConfiguration(source, config);
  for (const note of notes) err(`${config}: ${note}\n`);
  return { settings: inMode(settings, as), hash: createHash("sha256").update(source).digest("hex") };
};

/** What was judged and what came of it. */
export interface Outcome {
  readonly findings: readonly PartFinding[];
  /** How many objects were judged. */
  readonly objects: number;
  readonly unsupported: readonly UnsupportedLanguage[];
  readonly resourceVersions: Evidence["resourceVersions"];
  /** What else could not be judged, a sentence each. */
  readonly notJudged: readonly string[];
  /** Those that are written in files. */
  readonly loaded: readonly LoadedObject[];
  readonly order: AdmissionOrder | undefined;
}

/** The findings with the place of the field that is to blame, or of their object. */
const locatedIn = (loaded: readonly LoadedObject[], findings: readonly PartFinding[]): readonly LocatedFinding[] => {
  const written = new Map(loaded.map(({ object, locate }) => [refKey(object.ref), locate]));
  return findings.map(({ fields, ...finding }) => {
    const own = fields?.find(({ ref }) => isSameRef(ref, finding.object));
    return { ...finding, place: written.get(refKey(finding.object))?.(own?.path ?? "") };
  });
};

const exceptionsOf = ({ exceptions }: GuardSettings, now: number): readonly ReportedException[] =>
  exceptions.map(({ rule, reason, owner, expires }) => ({
    rule,
    reason,
    owner,
    expires: lastDayText(expires),
    daysLeft: daysLeft(expires, now),
  }));

const reportOf = ({ settings, hash }: JudgedBy, outcome: Outcome): Report => {
  const now = Date.now();
  return {
    tool: { name: "netpol-guard", version: VERSION },
    rules: settings.rules.map(({ type, name }) => ({ code: `${type}/${name}`, type, docs: `docs/rules/${type}.md` })),
    findings: locatedIn(outcome.loaded, outcome.findings),
    order: outcome.order,
    evidence: {
      time: new Date(now).toISOString(),
      configurationHash: hash,
      objects: outcome.objects,
      resourceVersions: outcome.resourceVersions,
      notJudged: [
        ...outcome.unsupported.flatMap((language) => [presenceText(language), ...kindLines(language)]),
        ...outcome.notJudged,
      ],
      exceptions: exceptionsOf(settings, now),
    },
  };
};

const exitCodeOf = (findings: readonly Finding[], { failOn, warnOnly }: FindingsOptions): ExitCode =>
  !warnOnly && findings.some((finding) => LEVELS.indexOf(levelOf(finding)) <= LEVELS.indexOf(failOn)) ? 1 : 0;

/** Writes the report in the format that was asked for, and sets the exit code: the same for each format. */
export const reportFindings = (
  rules: JudgedBy,
  outcome: Outcome,
  options: FindingsOptions,
  { out, exit, colour }: CommandContext,
): void => {
  out(options.output.render(reportOf(rules, outcome), { colour }));
  exit(exitCodeOf(outcome.findings, options));
};
