import type { KubeConfig } from "@kubernetes/client-node";
import { type ApiConnection, openConnection } from "./api-connection.ts";
import type { Clock } from "./clock.ts";
import { Watchdog } from "./watchdog.ts";

/** What a connection is made with. */
export interface Dialling {
  readonly kubeConfig: KubeConfig;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

/** Runs `work` on a connection of its own, which is closed when it ends, on a watchdog that ends with it. */
export const connected = async <Result>(
  { kubeConfig, clock, stop }: Dialling,
  work: (connection: ApiConnection, watchdog: Watchdog) => Promise<Result>,
): Promise<Result> => {
  const watchdog = new Watchdog(clock, stop);
  try {
    const connection = await openConnection(kubeConfig, watchdog);
    try {
      return await work(connection, watchdog);
    } finally {
      connection.close();
    }
  } finally {
    watchdog.end();
  }
};
