import { readFile } from "node:fs/promises";
import { CoreV1Api } from "@kubernetes/client-node";
import type { Logger } from "pino";
import { openMemory } from "../audit/memory.ts";
import { startReJudging, type ReJudging } from "../audit/re-judge.ts";
import { digestOf, KnownStore } from "../cluster/known-store.ts";
import { loadKubeConfig } from "../cluster/kube-config.ts";
import { watchedSource } from "../cluster/watched-source.ts";
import type { GuardSettings } from "../guard/settings.ts";
import type { Past } from "../guard/past.ts";
import type { StateSource } from "../guard/state-source.ts";

/** What a webhook judges by. */
export interface Guarded {
  readonly source: StateSource;
  readonly past: Past;
  /** Resolves when requests can be judged. */
  readonly ready: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Where a pod finds the name of its namespace. */
const NAMESPACE_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";
/** As it is installed. */
const NAMESPACE = "netpol-guard";

const ownNamespace = async (): Promise<string> => {
  try {
    return (await readFile(NAMESPACE_FILE, "utf8")).trim();
  } catch {
    return NAMESPACE;
  }
};

/** Follows a cluster, remembers what its pods had, and judges it again as it changes. Throws GuardError. */
export const guardedCluster = async (
  { kubeconfig, namespace }: { readonly kubeconfig?: string; readonly namespace?: string },
  environment: Readonly<Record<string, string | undefined>>,
  settings: () => GuardSettings,
  log: Logger,
): Promise<Guarded> => {
  const config = loadKubeConfig({ kubeconfig, environment });
  const store = new KnownStore(config.makeApiClient(CoreV1Api), namespace ?? (await ownNamespace()));
  const memory = openMemory(store, { digest: digestOf, remember: () => settings().remember }, log);
  const source = watchedSource({ config, log });
  let reJudging: ReJudging | undefined;
  let isLoaded = false;
  return {
    source: {
      ...source,
      notReady: () => source.notReady() ?? (isLoaded ? undefined : "what was known before is not read yet"),
    },
    past: memory.past,
    ready: async () => {
      await Promise.all([source.firstSync(), memory.load()]);
      isLoaded = true;
      const { index } = source;
      const unsupported = (): ReturnType<StateSource["unsupported"]> => source.unsupported();
      const { known, past, keep } = memory;
      reJudging = startReJudging({ index, settings, known, past, unsupported, log, onNoted: keep });
      source.follow(reJudging.follower);
    },
    stop: async () => {
      await reJudging?.stop();
      await memory.stop();
      await source.stop();
    },
  };
};
