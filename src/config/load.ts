import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isMap, isScalar, type Document, type Node } from "yaml";
import type { z } from "zod";
import type { GuardSettings } from "../guard/settings.ts";
import { unionOfAddresses } from "../model/addresses.ts";
import { DecodeError } from "../model/errors.ts";
import { RULE_TYPES } from "../rules/index.ts";
import { guardConfiguration, type LOG_LEVELS } from "./schema.ts";
import { parseYaml } from "./yaml-text.ts";

type Parsed = z.output<typeof guardConfiguration>;
type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** The first of so many is named; looking for the place of each takes time. */
const MOST_ISSUES = 100;

/** So many unknown keys are named, and so much of a value. */
const MOST_KEYS = 5;
const MOST_QUOTED = 80;

const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${String(part)}]` : text === "" ? String(part) : `${text}.${String(part)}`,
    "",
  );

/** The node at a path, or the nearest one around it. */
const nodeAt = (document: Document.Parsed, path: Path): Node | null => {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range) return node;
  }
  return document.contents;
};

/** The key itself where one is too many, the value otherwise. */
const offsetOf = (document: Document.Parsed, issue: Issue): number => {
  const node = nodeAt(document, issue.path);
  if (issue.code === "unrecognized_keys" && isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === issue.keys[0]);
    if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0];
  }
  return node?.range?.[0] ?? 0;
};

const found = (document: Document.Parsed, issue: Issue): string => {
  const node = document.getIn(issue.path, true);
  if (!isScalar(node)) return node === undefined ? ", found nothing" : "";
  const { value } = node;
  const isLong = typeof value === "string" && value.length > MOST_QUOTED;
  return `, found ${JSON.stringify(isLong ? `${value.slice(0, MOST_QUOTED)}…` : value)}`;
};

const expectation = (document: Document.Parsed, issue: Issue): string => {
  if (issue.code === "unrecognized_keys") {
    const more = issue.keys.length - MOST_KEYS;
    const named = issue.keys.slice(0, MOST_KEYS).map((key) => JSON.stringify(key));
    return `unknown key ${named.join(", ")}${more > 0 ? ` and ${String(more)} more` : ""}`;
  }
  if (issue.code === "invalid_union" && issue.path.at(-1) === "type")
    return `expected one of ${RULE_TYPES.map(({ type }) => type).join(", ")}${found(document, issue)}`;
  if (issue.code === "invalid_key") return `invalid key: ${issue.issues[0]?.message ?? issue.message}`;
  if (issue.code === "custom" || issue.code === "invalid_format")
    return `${issue.message}${issue.message.includes("found") ? "" : found(document, issue)}`;
  const message = issue.message
    .replace(/^(Invalid (input|option): |Too (big|small): )/, "")
    .replace(/, received .*$/, "");
  return `${message}${found(document, issue)}`;
};

/** Where a mapping below the top has a key that objects inherit: zod leaves it out of records without a word. */
const prototypeKey = (value: unknown, path: Path): Path | undefined => {
  if (typeof value !== "object" || value === null) return undefined;
  if (path.length > 0 && Object.hasOwn(value, "__proto__")) return path;
  for (const [key, part] of Object.entries(value)) {
    const found = prototypeKey(part, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found !== undefined) return found;
  }
  return undefined;
};

const duplicateName = (parsed: Parsed): { readonly path: Path; readonly name: string } | undefined => {
  const names = new Set<string>();
  for (const [index, { name }] of parsed.rules.entries()) {
    if (names.has(name)) return { path: ["rules", index, "name"], name };
    names.add(name);
  }
  return undefined;
};

/** An exception that can never cover anything. */
const strayException = ({
  rules,
  exceptions,
}: Parsed): { readonly path: Path; readonly message: string } | undefined => {
  for (const [index, { rule, from, to }] of exceptions.entries()) {
    const path = ["exceptions", index];
    if (!rules.some(({ name }) => name === rule))
      return {
        path: [...path, "rule"],
        message: `${pathText([...path, "rule"])}: expected the name of a rule, found ${JSON.stringify(rule)}`,
      };
    if (from === undefined && to === undefined)
      return { path, message: `${pathText(path)}: expected from, to or both, found neither` };
  }
  return undefined;
};

const expiredNotes = ({ exceptions }: Parsed): readonly string[] =>
  exceptions.flatMap(({ rule, owner, expires }) =>
    expires <= Date.now() ? [`the exception of ${owner} from ${rule} has expired: what it covered is refused`] : [],
  );

const settingsOf = (parsed: Parsed): GuardSettings => {
  const settings = { podCIDRs: unionOfAddresses(parsed.podCIDRs) };
  return {
    mode: parsed.mode,
    exemptNamespaces: new Set(parsed.exemptNamespaces),
    namespaceModes: new Map(Object.entries(parsed.namespaceModes)),
    existingWorkloads: parsed.existingWorkloads,
    onUndecided: parsed.onUndecided,
    onUnsupportedLanguage: parsed.onUnsupportedLanguage,
    onUnenforceable: parsed.onUnenforceable,
    exceptions: parsed.exceptions.map(({ from, to, ...others }) => ({ ...others, from, to })),
    remember: parsed.remember,
    rules: parsed.rules.flatMap((rule) => {
      const type = RULE_TYPES.find((known) => known.type === rule.type);
      return type === undefined
        ? []
        : [
            {
              name: rule.name,
              type: rule.type,
              mode: rule.mode,
              consistency: rule.consistency,
              rule: type.compile(rule, settings),
            },
          ];
    }),
  };
};

/** A configuration that was read, with what its holders should know of it. */
export interface LoadedConfiguration {
  readonly settings: GuardSettings;
  readonly notes: readonly string[];
  /** SHA-256 of its text, hexadecimal. */
  readonly digest: string;
  /** How much is to be logged; undefined: as it was started. */
  readonly logLevel: (typeof LOG_LEVELS)[number] | undefined;
}

/** Reads a GuardConfiguration. Throws DecodeError with file, line, and what was expected. */
export const parseConfiguration = (source: string, file: string): LoadedConfiguration => {
  const { document, value, fail } = parseYaml(source, file);
  const inherited = prototypeKey(value, []);
  if (inherited !== undefined)
    fail(nodeAt(document, inherited)?.range?.[0] ?? 0, `${pathText(inherited)}: unknown key "__proto__"`);
  const result = guardConfiguration.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues
      .slice(0, MOST_ISSUES)
      .map((found) => ({ found, offset: offsetOf(document, found) }))
      .sort((a, b) => a.offset - b.offset);
    if (issue === undefined) return fail(0, "cannot be read");
    const path = pathText(issue.found.path);
    return fail(issue.offset, `${path === "" ? "" : `${path}: `}${expectation(document, issue.found)}`);
  }
  const twice = duplicateName(result.data);
  if (twice !== undefined)
    return fail(
      nodeAt(document, twice.path)?.range?.[0] ?? 0,
      `${pathText(twice.path)}: expected a name of its own, found a second ${JSON.stringify(twice.name)}`,
    );
  const stray = strayException(result.data);
  if (stray !== undefined) return fail(nodeAt(document, stray.path)?.range?.[0] ?? 0, stray.message);
  const digest = createHash("sha256").update(source).digest("hex");
  return {
    settings: settingsOf(result.data),
    notes: expiredNotes(result.data),
    digest,
    logLevel: result.data.logLevel,
  };
};

/** The text of a configuration file. Throws DecodeError. */
export const readConfiguration = async (file: string): Promise<string> => {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw new DecodeError(file, "expected a configuration file, found none that can be read");
  }
};

/** Reads a GuardConfiguration file. Throws DecodeError. */
export const loadConfiguration = async (file: string): Promise<LoadedConfiguration> =>
  parseConfiguration(await readConfiguration(file), file);
