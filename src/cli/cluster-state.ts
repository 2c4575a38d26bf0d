import { pino } from "pino";
import { loadKubeConfig } from "../cluster/kube-config.ts";
import { systemClock } from "../cluster/watch/clock.ts";
import { watchedSource } from "../cluster/watched-source.ts";
import type { ClusterIndex } from "../engine/cluster-index.ts";
import type { UnsupportedLanguage } from "../guard/unsupported.ts";
import { within } from "../cluster/within.ts";
import type { CommandContext } from "./command.ts";

/** A state that was read, and the policies in it that are not judged. */
export interface ReadState {
  readonly index: ClusterIndex;
  readonly unsupported: readonly UnsupportedLanguage[];
}

/** Long enough for a cluster of 100,000 pods over a slow line; nobody waits longer for a command. */
const READ_MS = 120_000;

/** Reads a cluster once. Throws GuardError when it cannot, or takes too long. */
export const readCluster = async (
  kubeconfig: string | undefined,
  { environment, signal }: Pick<CommandContext, "environment" | "signal">,
): Promise<ReadState> => {
  const source = watchedSource({
    config: loadKubeConfig({ kubeconfig, environment }),
    log: pino({ level: "warn" }, pino.destination(2)),
  });
  try {
    await within({ clock: systemClock, stop: signal }, READ_MS, "the cluster could not be read in two minutes", () =>
      source.firstSync(),
    );
    return { index: source.index, unsupported: source.unsupported() };
  } finally {
    await source.stop();
  }
};
