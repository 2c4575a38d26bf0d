import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pino } from "pino";
import { parseAllDocuments, stringify } from "yaml";
import { z } from "zod";
import { answerReview } from "../../../src/admission/answer.ts";
import { deadlineOf } from "../../../src/admission/deadline.ts";
import type { AdmissionResponse } from "../../../src/admission/respond.ts";
import { decodeReview } from "../../../src/admission/review.ts";
import { fixedSource, indexOf } from "../../../src/cluster/fixed-source.ts";
import { compileManifests, manifestsIn, type Manifest } from "../../../src/cluster/manifest-files.ts";
import { parseConfiguration } from "../../../src/config/load.ts";
import type { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import { judgeChangeSet, judgeFinished } from "../../../src/guard/finished-state.ts";
import { judge, prepare } from "../../../src/guard/guard.ts";
import type { FinishedOptions, PartFinding } from "../../../src/guard/judge-part.ts";
import { NO_PAST } from "../../../src/guard/past.ts";
import type { GuardSettings } from "../../../src/guard/settings.ts";
import { partsOf, type Part } from "../../../src/guard/state-parts.ts";
import type { Verdict } from "../../../src/guard/verdict.ts";
import { findObject, reviewOf } from "../../demo/review.ts";

const SILENT = pino({ level: "silent" });

const mapping = z.record(z.string(), z.unknown());

/** The first document of a case; README.md of the corpus says what it means. */
const header = z.strictObject({
  rule: mapping,
  guard: mapping.default({}),
  request: z.strictObject({
    operation: z.enum(["CREATE", "UPDATE", "DELETE"]),
    object: mapping,
    oldObject: mapping.optional(),
    groups: z.array(z.string()).default(["system:authenticated"]),
  }),
  expect: z
    .strictObject({
      standing: z.enum(["new", "known", "existing"]).optional(),
      kind: z.enum(["violation", "undecided", "unenforceable", "advice"]).optional(),
      message: z.union([z.string(), z.array(z.string())]).default([]),
      curable: z.boolean().default(false),
    })
    .optional(),
});

/** A case of the corpus: a state, a request on it, and what the rule of its folder must say. */
export interface CorpusCase {
  readonly name: string;
  readonly request: z.output<typeof header>["request"];
  readonly expect: z.output<typeof header>["expect"];
  /** The manifests of the state. */
  readonly state: readonly Manifest["value"][];
  /** The verdict on the request, or on a dry run of it. */
  judge(how?: Circumstances): Verdict;
  /** What the webhook answers. */
  answer(): Promise<AdmissionResponse>;
  /** What `check` finds on top of the state; none for a deletion, which manifests cannot say. */
  check(): readonly PartFinding[];
  /** What `scan` finds in the state after the request. */
  scan(): readonly PartFinding[];
}

/** What may be otherwise than the case has it. */
export interface Circumstances {
  readonly dryRun?: boolean;
  /** Fields of the GuardConfiguration. */
  readonly guard?: object;
  readonly request?: Partial<CorpusCase["request"]>;
  /** Manifests that the state has too, in place of those of the same name. */
  readonly state?: readonly object[];
}

export const CORPUS = resolve(import.meta.dirname, "../../corpus");

const bodyOf = (request: CorpusCase["request"], state: readonly Manifest[], dryRun: boolean): object => {
  const { operation, object, groups } = request;
  const old = request.oldObject ?? findObject(state, object);
  if (old === undefined && operation !== "CREATE")
    throw new Error(`expected the object of this ${operation} in the state`);
  const review = reviewOf(operation, object, old) as { readonly request: object };
  const userInfo = { username: "somebody", groups };
  return { ...review, request: { ...review.request, userInfo, dryRun } };
};

const changeOf = (request: CorpusCase["request"], state: readonly Manifest[], dryRun: boolean) => {
  const { change } = decodeReview(bodyOf(request, state, dryRun));
  if (change === undefined) throw new Error("expected a request on an object that is judged");
  return change;
};

/** Reads a case of a rule type; throws when it is not as the README of the corpus says. */
export const readCase = (type: string, file: string): CorpusCase => {
  const source = readFileSync(file, "utf8");
  const [first, ...rest] = parseAllDocuments(source);
  const parsed = header.parse(first?.toJS());
  const state = rest.flatMap((document) => [...manifestsIn(document.toString(), file)]);
  const objects = compileManifests(state);
  const settingsOf = (guard: object): GuardSettings => {
    const configuration = stringify({
      apiVersion: "netpol-guard.io/v1alpha1",
      kind: "GuardConfiguration",
      ...parsed.guard,
      ...guard,
      rules: [{ name: "case", type, ...parsed.rule }],
    });
    return parseConfiguration(configuration, file).settings;
  };
  const finished = (): { readonly index: ClusterIndex; readonly part: Part; readonly options: FinishedOptions } => {
    const index = indexOf(objects);
    const { object } = changeOf(parsed.request, state, false);
    if (object === undefined) throw new Error("expected a request that leaves an object behind");
    const part = { object, old: index.object(object.ref, object.type) };
    index.upsert(object);
    return { index, part, options: { settings: settingsOf({}), unsupported: [], past: NO_PAST } };
  };
  return {
    name: file.slice(CORPUS.length + 1, -".yaml".length),
    request: parsed.request,
    expect: parsed.expect,
    state: state.map(({ value }) => value),
    judge: ({ dryRun = false, guard = {}, request = {}, state: more = [] } = {}) => {
      const settings = settingsOf(guard);
      const others = more.flatMap((object) => [...manifestsIn(JSON.stringify(object), file)]);
      const index = indexOf([...objects, ...compileManifests(others)]);
      prepare(index, settings);
      const change = changeOf({ ...parsed.request, ...request }, [...others, ...state], dryRun);
      return judge(index, change, settings, () => undefined, []);
    },
    answer: async () => {
      const settings = settingsOf({});
      const source = fixedSource(objects);
      prepare(source.index, settings);
      const options = { source, settings: () => settings, past: NO_PAST, checkConfiguration: () => undefined };
      const body = bodyOf(parsed.request, state, false);
      const answer = await answerReview({ ...options, log: SILENT }, body, deadlineOf("10s"), "as configured");
      return (answer as { readonly response: AdmissionResponse }).response;
    },
    check: () => {
      const { index, part, options } = finished();
      return judgeChangeSet(index, [part], options);
    },
    scan: () => {
      const { index, options } = finished();
      return judgeFinished(index, partsOf(index), options);
    },
  };
};

/** The files of a rule type that must pass or fail, in the order of their names. */
export const caseFiles = (type: string, verdict: "pass" | "fail"): readonly string[] => {
  const folder = join(CORPUS, type, verdict);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
};
