import { X509Certificate } from "node:crypto";
import type { Logger } from "pino";
import { BytesInFlight } from "../admission/in-flight.ts";
import type { RequestObserver } from "../admission/observer.ts";
import type { Configuration } from "./configuration-in-force.ts";
import type { Guarded } from "./guarded-cluster.ts";

/** What is counted of a guard that serves. */
export interface Measured {
  readonly observer: RequestObserver;
  readonly inFlight: BytesInFlight;
  readonly stop: () => Promise<void>;
}

/** What metrics are of, and where they are read. */
export interface MeasuredOptions {
  readonly guarded: Pick<Guarded, "source" | "cluster">;
  readonly configuration: Pick<Configuration, "state">;
  /** The certificate that is served, PEM. */
  readonly certificate: () => string | Buffer;
  readonly host: string;
  readonly port: number;
  readonly log: Logger;
  readonly err: (text: string) => void;
}

/** Serves the metrics of a guard. Throws what listening throws. */
export const serveMetricsOf = async ({
  guarded: { source, cluster },
  configuration,
  certificate,
  host,
  port,
  log,
  err,
}: MeasuredOptions): Promise<Measured> => {
  const { createMetrics } = await import("../metrics/index.ts");
  const { serveMetrics } = await import("../metrics/server.ts");
  const inFlight = new BytesInFlight();
  const metrics = createMetrics({
    notReady: () => source.notReady(),
    load: inFlight,
    certificateEnds: () => new X509Certificate(certificate()).validToDate.getTime(),
    configuration: configuration.state,
    unsupported: () => source.unsupported(),
    cluster,
  });
  cluster?.onSlipped(({ codes }) => {
    metrics.slipped(codes);
  });
  const { url, stop } = await serveMetrics(metrics, { host, port, log });
  err(`netpol-guard metrics are on ${url}\n`);
  return { observer: metrics, inFlight, stop };
};
