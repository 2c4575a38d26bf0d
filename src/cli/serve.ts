import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { fileURLToPath } from "node:url";
import { pino, type Logger } from "pino";
import type { ClientIdentity } from "../admission/client-identity.ts";
import { developmentCertificates } from "../admission/development-certificates.ts";
import { createServer, type TlsPair } from "../admission/server.ts";
import { watchEnforcement } from "../cluster/enforcement-watch.ts";
import { fixedSource } from "../cluster/fixed-source.ts";
import { logUnsupported } from "../cluster/foreign/log.ts";
import { loadFiles } from "../cluster/load-files.ts";
import { configurationFault } from "../config/fault.ts";
import { LOG_LEVELS } from "../config/schema.ts";
import type { GuardSettings } from "../guard/settings.ts";
import { CONFIGURATION_KEY } from "../guard/installation.ts";
import { NO_PAST } from "../guard/past.ts";
import { DecodeError } from "../model/errors.ts";
import { choiceOption, wordChoices } from "./choice.ts";
import type { Subcommand } from "./command.ts";
import { startConfiguration, type Configuration } from "./configuration-in-force.ts";
import type { Guarded } from "./guarded-cluster.ts";
import type { CpuProfile } from "./cpu-profile.ts";
import { keepHeapSmall } from "./heap.ts";
import type { Measured } from "./serve-metrics.ts";

interface ServeOptions {
  readonly config: string;
  readonly state?: readonly string[];
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly host: string;
  readonly port: string;
  readonly cert?: string;
  readonly key?: string;
  readonly clientCa?: string;
  readonly clientCn?: readonly string[];
  readonly metricsHost: string;
  readonly metricsPort?: string;
  readonly events: boolean;
  readonly cpuProfile?: string;
  readonly logLevel: string;
}

/** Beside the sources: where a checkout keeps what it made for itself. */
const CERTIFICATES = fileURLToPath(new URL("../../certs/development", import.meta.url));

const readPem = async (file: string, what: string): Promise<Buffer> => {
  try {
    return await readFile(file);
  } catch {
    throw new DecodeError(file, `expected ${what} in PEM, found no file that can be read`);
  }
};

const tlsOf = async ({ cert, key }: ServeOptions): Promise<TlsPair> => {
  if (cert === undefined && key === undefined) return developmentCertificates(CERTIFICATES);
  if (cert === undefined || key === undefined)
    throw new DecodeError("serve", "expected --cert and --key together, found one of them");
  const pair = { cert: await readPem(cert, "a certificate"), key: await readPem(key, "a private key") };
  try {
    createSecureContext(pair);
  } catch (cause) {
    throw new DecodeError(
      `${cert}, ${key}`,
      `expected a certificate and its private key in PEM, found ${cause instanceof Error ? cause.message : "neither"}`,
    );
  }
  return pair;
};

/** Who may ask for reviews; undefined: whoever reaches the port. */
const clientsOf = async ({ clientCa, clientCn = [] }: ServeOptions): Promise<ClientIdentity | undefined> => {
  if (clientCa === undefined && clientCn.length === 0) return undefined;
  // The CA of a cluster signs for nodes and people too: without a name, any of them would pass.
  if (clientCa === undefined || clientCn.length === 0)
    throw new DecodeError("serve", "expected --client-ca and --client-cn together, found one of them");
  const ca = await readPem(clientCa, "a CA certificate");
  try {
    // Node.js takes a file without one in silence, and trusts nobody then.
    new X509Certificate(ca);
  } catch {
    throw new DecodeError(clientCa, "expected a CA certificate in PEM, found none");
  }
  return { ca, names: clientCn };
};

const portOf = (option: string, text: string): number => {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new DecodeError(option, `expected a port from 0 to 65535, found ${text}`);
  return port;
};

interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  readonly err: (text: string) => void;
  readonly signal: AbortSignal;
}

const guardedOf = async (
  options: ServeOptions,
  settings: () => GuardSettings,
  { environment, log }: Surroundings,
): Promise<Guarded> => {
  if (options.state !== undefined && options.kubeconfig !== undefined)
    throw new DecodeError("serve", "expected --state or --kubeconfig, found both");
  if (options.state === undefined) {
    const { guardedCluster } = await import("./guarded-cluster.ts");
    return guardedCluster(options, environment, settings, log);
  }
  const { loaded, unsupported } = await loadFiles(options.state);
  if (unsupported.length > 0) logUnsupported(log, unsupported);
  const source = fixedSource(loaded, unsupported);
  const past = { ...NO_PAST, now: () => Date.now() };
  return { source, past, cluster: undefined, ready: () => source.firstSync(), stop: () => source.stop() };
};

const listenError = (error: unknown, host: string, port: number): unknown => {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const place = `${host}:${String(port)}`;
  if (code === "EADDRINUSE")
    return new DecodeError(place, "expected a free address and port, found it in use by another process");
  if (code === "EACCES") return new DecodeError(place, "expected an address and port that this user may listen on");
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return new DecodeError(place, "expected an address of this machine");
  return error;
};

/** The recording that is asked for; Node.js's inspector is loaded for nothing else. */
const profileOf = async ({ cpuProfile }: ServeOptions, log: Logger): Promise<CpuProfile | undefined> => {
  if (cpuProfile === undefined) return undefined;
  const { recordCpuProfile } = await import("./cpu-profile.ts");
  return recordCpuProfile(cpuProfile, log);
};

/** Serves until it is told to end. */
const run = async (options: ServeOptions, configuration: Configuration, surroundings: Surroundings): Promise<void> => {
  const { log, err, signal } = surroundings;
  const port = portOf("--port", options.port);
  const metricsPort = options.metricsPort === undefined ? undefined : portOf("--metrics-port", options.metricsPort);
  const tls = await tlsOf(options);
  const clients = await clientsOf(options);
  const { settings } = configuration;
  const guarded = await guardedOf(options, settings, surroundings);
  const { source, past, ready, stop } = guarded;
  configuration.applyTo(source.index);
  const checkConfiguration = (text: string): DecodeError | undefined => configurationFault(text, CONFIGURATION_KEY);
  const listening = async <T>(attempt: Promise<T>, host: string, at: number): Promise<T> => {
    try {
      return await attempt;
    } catch (error) {
      await measured?.stop();
      await stop();
      throw listenError(error, host, at);
    }
  };
  let measured: Measured | undefined;
  if (metricsPort !== undefined) {
    const host = options.metricsHost;
    const certificate = (): TlsPair["cert"] => tls.cert;
    const { serveMetricsOf } = await import("./serve-metrics.ts");
    const served = serveMetricsOf({ guarded, configuration, certificate, host, port: metricsPort, log, err });
    measured = await listening(served, host, metricsPort);
  }
  const server = createServer({ tls, clients, source, settings, past, checkConfiguration, log, ...measured });
  const address = await listening(server.listen({ host: options.host, port }), options.host, port);
  err(`netpol-guard listens on ${address}\n`);
  const ended = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => {
      resolve();
    });
  });
  let stopLooking: (() => void) | undefined;
  try {
    await Promise.race([ready(), ended]);
    if (!signal.aborted) err("netpol-guard is ready\n");
    if (!signal.aborted && options.state === undefined) stopLooking = watchEnforcement(source.index, log);
    await ended;
  } finally {
    stopLooking?.();
    await server.close();
    await measured?.stop();
    await stop();
  }
};

/** `serve`: the webhook, on the state of a cluster or of a folder. */
export const serve: Subcommand = (program, { environment, err, signal }) => {
  program
    .command("serve")
    .description("run the admission webhook")
    .requiredOption("--config <file>", "GuardConfiguration")
    .option("--state <path...>", "judge against manifests instead of a cluster; nothing is kept between reviews")
    .option("--kubeconfig <file>", "cluster to watch; default: in-cluster, then the usual kubeconfig")
    .option("--namespace <name>", "the guard's own, where it keeps what it remembers; default: where it runs")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 picks a free one", "9443")
    .option("--cert <file>", "server certificate (PEM); default: a development one")
    .option("--key <file>", "its private key (PEM)")
    .option("--client-ca <file>", "CA (PEM) of the API server's client certificate; default: whoever calls is answered")
    .option("--client-cn <name...>", "common names in that certificate of which one is expected")
    .option("--metrics-host <address>", "address to serve metrics on", "127.0.0.1")
    .option("--metrics-port <number>", "port to serve Prometheus metrics on, over HTTP; default: none are served")
    .option(
      "--cpu-profile <folder>",
      "record a CPU profile; written on SIGUSR2 and at the end, the last five minutes of it",
    )
    .option("--no-events", "write no Events about what came past the guard")
    .addOption(choiceOption("--log-level <level>", "how much is logged", wordChoices(LOG_LEVELS), "info"))
    .action(async (options: ServeOptions) => {
      keepHeapSmall();
      const log = pino({ level: options.logLevel, base: null }, pino.destination(2));
      const configuration = await startConfiguration(options.config, log);
      try {
        const profile = await profileOf(options, log);
        await run(options, configuration, { environment, log, err, signal });
        await profile?.stop();
      } finally {
        configuration.stop();
      }
    });
};
