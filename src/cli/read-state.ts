import { pino } from "pino";
import { indexOf } from "../cluster/fixed-source.ts";
import { loadKubeConfig } from "../cluster/kube-config.ts";
import { loadFiles, type LoadedFiles } from "../cluster/load-files.ts";
import type { LoadedObject } from "../cluster/manifest-files.ts";
import { readCluster, type ReadCluster } from "../cluster/read-cluster.ts";
import { plain } from "../guard/message.ts";
import { kindLines, presenceText } from "../guard/unsupported.ts";
import type { CommandContext } from "./command.ts";
import { keepHeapSmall } from "./heap.ts";

/** A state that was read at once, with where its objects are written; nowhere for those of a cluster. */
export interface ReadState extends ReadCluster {
  readonly loaded: readonly LoadedObject[];
}

/** Reads files, folders or standard input, and says how far it is. Throws DecodeError. */
export const readFiles = async (
  paths: readonly string[],
  context: Pick<CommandContext, "progress">,
): Promise<LoadedFiles> => {
  keepHeapSmall();
  const line = context.progress();
  try {
    return await loadFiles(paths, (count) => {
      line.show(() => `${String(count)} objects read`);
    });
  } finally {
    line.clear();
  }
};

/** Reads a state from files, folders or standard input. Throws DecodeError. */
export const stateOfFiles = async (
  paths: readonly string[],
  context: Pick<CommandContext, "progress">,
): Promise<ReadState> => {
  const { loaded, unsupported } = await readFiles(paths, context);
  return { index: indexOf(loaded), unsupported, resourceVersions: [], notJudged: [], loaded };
};

/** Says which policies of a state an answer leaves out: whoever asks about reachability must know. */
export const tellUnsupported = (unsupported: ReadState["unsupported"], { err }: Pick<CommandContext, "err">): void => {
  for (const language of unsupported)
    err(`netpol-guard: ${plain([presenceText(language), ...kindLines(language)].join("; "))}\n`);
};

/** Reads a state from the cluster of a kubeconfig. Throws GuardError. */
export const stateOfCluster = async (
  kubeconfig: string | undefined,
  { environment, signal }: Pick<CommandContext, "environment" | "signal">,
): Promise<ReadState> => {
  const log = pino({ level: "silent" });
  const read = await readCluster(loadKubeConfig({ kubeconfig, environment }), { log, signal });
  return { ...read, loaded: [] };
};
