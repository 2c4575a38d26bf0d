import { indexOf } from "../cluster/fixed-source.ts";
import type { LoadedObject } from "../cluster/manifest-files.ts";
import type { ClusterIndex } from "../engine/cluster-index.ts";
import { findOrder } from "../guard/admission-order.ts";
import { judgeChangeSet, judgeFinished } from "../guard/finished-state.ts";
import type { FinishedOptions } from "../guard/judge-part.ts";
import { NO_PAST } from "../guard/past.ts";
import { changeTo, type Part } from "../guard/state-parts.ts";
import { DecodeError } from "../model/errors.ts";
import { refKey, refText } from "../model/objects.ts";
import type { AdmissionOrder } from "../report/report.ts";
import type { CommandContext, Subcommand } from "./command.ts";
import { addFindingsOptions, readRules, reportFindings, type FindingsOptions } from "./findings.ts";
import { readFiles, stateOfCluster, stateOfFiles, type ReadState } from "./read-state.ts";

interface CheckOptions extends FindingsOptions {
  readonly base?: readonly string[];
  readonly cluster: boolean;
  readonly kubeconfig?: string;
  readonly allowEmpty: boolean;
  readonly order: boolean;
}

/** The state before; undefined where the manifests stand alone. */
const readBase = async (
  { base, cluster, kubeconfig }: CheckOptions,
  context: CommandContext,
): Promise<ReadState | undefined> => {
  if (base !== undefined && cluster) throw new DecodeError("check", "expected --base or --cluster, found both");
  if (kubeconfig !== undefined && !cluster)
    throw new DecodeError("--kubeconfig", "expected it beside --cluster, found it alone");
  if (cluster) return stateOfCluster(kubeconfig, context);
  return base === undefined ? undefined : stateOfFiles(base, context);
};

/** Takes the manifests over, the last of each name as `kubectl apply` does; what they make of the state. */
const apply = (index: ClusterIndex, loaded: readonly LoadedObject[]): readonly Part[] => {
  const last = new Map(loaded.map(({ object }) => [refKey(object.ref), object]));
  const parts = [...last.values()].map((object) => ({ object, old: index.object(object.ref, object.type) }));
  for (const { object } of parts) index.upsert(object);
  return parts;
};

const orderOf = (index: ClusterIndex, parts: readonly Part[], options: FinishedOptions): AdmissionOrder => {
  const order = findOrder(index, parts, options);
  if (order.kind === "found")
    return {
      kind: "found",
      steps: order.parts.map((part) => ({ operation: changeTo(part).operation, object: part.object.ref })),
    };
  const { part, verdict } = order;
  const [first] = verdict.kind === "deny" ? verdict.findings : [];
  const why = first === undefined ? "it could not be judged" : `[${first.code}] ${first.message}`;
  return {
    kind: "none",
    reason: `${refText(part.object.ref)} is refused when all others are there that can be: ${why}`,
  };
};

const expectSome = (count: number, { allowEmpty }: CheckOptions, paths: readonly string[]): void => {
  if (count > 0 || allowEmpty) return;
  throw new DecodeError(paths.join(", "), "expected manifests, found none (--allow-empty if that is fine)");
};

/** `check`: judges manifests before they are applied, alone or on top of what is there. */
export const check: Subcommand = (program, context) => {
  addFindingsOptions(program.command("check"))
    .description("say what manifests would break, by the state after all of them")
    .argument("<path...>", "manifests: files, folders or - (standard input)")
    .option("--base <path...>", "manifests of what is there before: files, folders or -")
    .option("--cluster", "take what is there before from a cluster", false)
    .option("--kubeconfig <file>", "of the cluster; default: in-cluster, then $KUBECONFIG")
    .option("--order", "look for an order in which a cluster would admit the manifests", false)
    .option("--allow-empty", "take no manifests at all for fine", false)
    .action(async (paths: readonly string[], options: CheckOptions) => {
      if (paths.includes("-") && options.base?.includes("-") === true)
        throw new DecodeError("check", "expected standard input once, found it twice");
      const rules = await readRules(options, context);
      const { loaded, count, ...read } = await readFiles(paths, context);
      expectSome(count, options, paths);
      const base = await readBase(options, context);
      const index = base?.index ?? indexOf([]);
      const parts = apply(index, loaded);
      const unsupported = [...(base?.unsupported ?? []), ...read.unsupported];
      const judging = { settings: rules.settings, unsupported, past: { ...NO_PAST, now: () => Date.now() } };
      const outcome = {
        findings: (base === undefined ? judgeFinished : judgeChangeSet)(index, parts, judging),
        objects: parts.length,
        unsupported,
        resourceVersions: base?.resourceVersions ?? [],
        notJudged: base?.notJudged ?? [],
        loaded,
        order: options.order ? orderOf(index, parts, judging) : undefined,
      };
      reportFindings(rules, outcome, options, context);
    });
};
