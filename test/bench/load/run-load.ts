import { serialText, uidOf } from "../cluster/object-meta.ts";
import { Connection } from "./connection.ts";
import { numbered, type RequestTemplate } from "./request-bytes.ts";

/** As many as an API server's client keeps busy under a burst. */
const CONNECTIONS = 16;

/** What one run measured. */
export interface Load {
  readonly answered: number;
  readonly rps: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of one core that the sending process used: near 1, it and not the server is what was measured. */
  readonly busy: number;
}

const percentile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const check = (body: string, uid: string): void => {
  const { response } = JSON.parse(body) as { response?: { uid?: unknown; allowed?: unknown } };
  if (response?.uid !== uid || response.allowed !== true)
    throw new Error(`expected review ${uid} to be allowed, found ${body.slice(0, 2000)}`);
};

/**
 * Sends reviews on 16 connections, each one at a time, until `isOver`. Throws on the first answer that does not allow
 * or that is not about its request.
 */
export const runLoad = async (
  { port, ca }: { readonly port: number; readonly ca: string },
  templates: readonly RequestTemplate[],
  isOver: () => boolean,
): Promise<Load> => {
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(port, ca)));
  const largest = Math.max(...templates.map(({ bytes }) => bytes.length));
  const times: number[] = [];
  let sent = 0;
  const keepSending = async (connection: Connection): Promise<void> => {
    const scratch = Buffer.alloc(largest);
    while (!isOver()) {
      const template = templates[sent % templates.length] as RequestTemplate;
      const digits = serialText(sent++);
      const request = numbered(template, digits, scratch);
      const before = performance.now();
      const body = await connection.exchange(request);
      times.push(performance.now() - before);
      check(body, uidOf(digits));
    }
  };
  const start = performance.now();
  const used = process.cpuUsage();
  try {
    await Promise.all(connections.map(keepSending));
  } finally {
    for (const connection of connections) connection.close();
  }
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(used);
  const sorted = Float64Array.from(times).sort();
  return {
    answered: times.length,
    rps: (times.length / ms) * 1000,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    busy: (user + system) / 1000 / ms,
  };
};
