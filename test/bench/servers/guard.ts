import { NO_PAST } from "../../../src/guard/past.ts";
import { pino } from "pino";
import { createServer, type TlsPair } from "../../../src/admission/server.ts";
import type { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import { GuardError } from "../../../src/model/errors.ts";
import { fixedSource } from "../../../src/cluster/fixed-source.ts";
import { keepHeapSmall } from "../../../src/cli/heap.ts";
import { answerCommands } from "../child-process.ts";
import { buildCluster, type Build } from "./build.ts";
import { benchSettings } from "./configuration.ts";
import { cpuMicros } from "./cpu-micros.ts";
import { FollowedCluster } from "./followed-cluster.ts";
import { listen } from "./listen.ts";

// The guard over a generated cluster, with the server that `serve` runs.

// As `serve` does.
keepHeapSmall();

const settings = benchSettings();
let built: { readonly index: ClusterIndex; readonly pods: number } | undefined;
let followed: FollowedCluster | undefined;

const expectBuilt = <T>(value: T | undefined): T => {
  if (value === undefined) throw new GuardError("expected the cluster to be built and followed first");
  return value;
};

const commands = {
  cpuMicros,
  build: async (pods: number): Promise<Build> => {
    const [index, build] = await buildCluster(pods, settings);
    built = { index, pods };
    return build;
  },
  /** Reviews are judged against the same state each: nothing is kept of what was admitted. */
  listen: (tls: TlsPair): Promise<number> => {
    const source = { ...fixedSource([]), index: expectBuilt(built).index };
    return listen(
      createServer({
        tls,
        source,
        settings: () => settings,
        past: NO_PAST,
        checkConfiguration: () => undefined,
        log: pino({ level: "warn" }, pino.destination(2)),
      }),
    );
  },
  /** Pod events that are applied per second. */
  follow: (): Promise<number> => {
    const { index, pods } = expectBuilt(built);
    followed = new FollowedCluster(index, pods);
    return followed.follow();
  },
  /** The longest pause while a list is taken over, in milliseconds. */
  relist: (): Promise<number> => expectBuilt(followed).relist(),
};

/** What the process does when it is asked. */
export type GuardCommands = typeof commands;

answerCommands(commands);
