import type { KubeConfig } from "@kubernetes/client-node";
import type { Logger } from "pino";
import type { DecodableKind } from "../dialects/dialect.ts";
import { KINDS } from "../dialects/index.ts";
import { ClusterIndex } from "../engine/cluster-index.ts";
import type { UnsupportedLanguage } from "../guard/unsupported.ts";
import { refText } from "../model/objects.ts";
import { followForeign } from "./foreign/follow.ts";
import { projectWatched } from "./project-watched.ts";
import { collectionPath } from "./resource-path.ts";
import { systemClock } from "./watch/clock.ts";
import { connected } from "./watch/connected.ts";
import { errorText } from "./watch/error-text.ts";
import { reflectorError } from "./watch/errors.ts";
import { listAll, type Listed } from "./watch/paged-list.ts";
import { defaultLimits } from "./watch/reflector-options.ts";
import type { MisreadObject, VersionedObject } from "./watched-objects.ts";

/** A cluster as it was read once. */
export interface ReadCluster {
  readonly index: ClusterIndex;
  readonly unsupported: readonly UnsupportedLanguage[];
  /** By kind, the version of its list. */
  readonly resourceVersions: readonly { readonly kind: string; readonly resourceVersion: string }[];
  /** Objects that could not be understood, a sentence each. */
  readonly notJudged: readonly string[];
}

type Item = VersionedObject | MisreadObject;

/** With what a cluster is read. */
export interface ReadOptions {
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const listKind = async (
  kubeConfig: KubeConfig,
  kind: DecodableKind,
  { log, signal }: ReadOptions,
): Promise<Listed<Item>> => {
  const resource = { path: collectionPath(kind), project: (raw: unknown) => projectWatched(raw, log) };
  const dialling = { kubeConfig, clock: systemClock, stop: signal };
  try {
    return await connected(dialling, (connection, watchdog) =>
      listAll(connection, watchdog, resource, defaultLimits, () => undefined),
    );
  } catch (cause) {
    throw reflectorError(`list ${resource.path}: ${errorText(cause)}`, cause);
  }
};

const lookForForeign = async (kubeConfig: KubeConfig): Promise<readonly UnsupportedLanguage[]> => {
  const foreign = followForeign(kubeConfig, () => undefined);
  try {
    await foreign.firstLook();
    return foreign.languages();
  } finally {
    await foreign.stop();
  }
};

/** Lists all that is judged of a cluster, once. Throws GuardError when any of it cannot be listed. */
export const readCluster = async (kubeConfig: KubeConfig, options: ReadOptions): Promise<ReadCluster> => {
  const lists = await Promise.all(
    KINDS.map(async (kind) => ({ kind: kind.kind, ...(await listKind(kubeConfig, kind, options)) })),
  );
  const index = new ClusterIndex();
  const notJudged: string[] = [];
  for (const { items } of lists)
    for (const item of items)
      if ("object" in item) index.upsert(item.object);
      else notJudged.push(`${refText(item.ref)}: ${item.problem}`);
  return {
    index,
    unsupported: await lookForForeign(kubeConfig),
    resourceVersions: lists.map(({ kind, resourceVersion }) => ({ kind, resourceVersion })),
    notJudged,
  };
};
