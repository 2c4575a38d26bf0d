import { readFile } from "node:fs/promises";
import type { Logger } from "pino";
import { startEvents } from "../audit/events.ts";
import { openMemory } from "../audit/memory.ts";
import { startReJudging, type ReJudging, type Slip } from "../audit/re-judge.ts";
import { apiOf } from "../cluster/cluster-api.ts";
import { enforcementIn } from "../cluster/enforcement-watch.ts";
import { writeEvent } from "../cluster/event-sink.ts";
import { digestOf, KnownStore } from "../cluster/known-store.ts";
import { loadKubeConfig } from "../cluster/kube-config.ts";
import { watchedSource } from "../cluster/watched-source.ts";
import type { GuardSettings } from "../guard/settings.ts";
import type { Past } from "../guard/past.ts";
import type { StateSource } from "../guard/state-source.ts";
import type { ClusterSources } from "../metrics/sources.ts";
import { watchRegistration } from "./registration-watch.ts";

/** What a webhook judges by. */
export interface Guarded {
  readonly source: StateSource;
  readonly past: Past;
  /** Of a cluster; undefined for manifests. */
  readonly cluster: WatchedCluster | undefined;
  /** Resolves when requests can be judged. */
  readonly ready: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What is seen of a cluster beside requests. */
export interface WatchedCluster extends ClusterSources {
  /** Tells of what comes past the guard from now on. */
  readonly onSlipped: (hear: (slip: Slip) => void) => void;
}

/** Which cluster, and what is done there. */
export interface GuardedOptions {
  readonly kubeconfig?: string;
  readonly namespace?: string;
  /** Whether Events are written about what came past the guard. */
  readonly events: boolean;
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
  { kubeconfig, namespace, events: isTold }: GuardedOptions,
  environment: Readonly<Record<string, string | undefined>>,
  settings: () => GuardSettings,
  log: Logger,
): Promise<Guarded> => {
  const config = loadKubeConfig({ kubeconfig, environment });
  const api = apiOf(config);
  const store = new KnownStore(api.core, namespace ?? (await ownNamespace()));
  const memory = openMemory(store, { digest: digestOf, remember: () => settings().remember }, log);
  const registration = await watchRegistration(api, log);
  const events = startEvents({ write: (event) => writeEvent(api, event) }, log);
  const source = watchedSource({ config, log });
  const hearers: ((slip: Slip) => void)[] = [];
  if (isTold)
    hearers.push(({ endpoint, codes, findings }) => {
      events.slipped(endpoint, codes, findings);
    });
  let reJudging: ReJudging | undefined;
  let isLoaded = false;
  return {
    source: {
      ...source,
      notReady: () => source.notReady() ?? (isLoaded ? undefined : "what was known before is not read yet"),
    },
    past: memory.past,
    cluster: {
      cache: source.figures,
      enforcement: () => enforcementIn(source.index),
      registration: registration.drift,
      events: events.counts,
      onSlipped: (hear) => void hearers.push(hear),
    },
    ready: async () => {
      await Promise.all([source.firstSync(), memory.load()]);
      isLoaded = true;
      const { index } = source;
      const unsupported = (): ReturnType<StateSource["unsupported"]> => source.unsupported();
      const { known, past, keep } = memory;
      const onSlipped = (slip: Slip): void => {
        for (const hear of hearers) hear(slip);
      };
      reJudging = startReJudging({ index, settings, known, past, unsupported, log, onNoted: keep, onSlipped });
      source.follow(reJudging.follower);
    },
    stop: async () => {
      registration.stop();
      await reJudging?.stop();
      await events.stop();
      await memory.stop();
      await source.stop();
    },
  };
};
