import { until } from "../control-plane/until.ts";
import { isInstalled, takeInstalledGuard } from "./installed-guard.ts";
import { type MainProcess, startMain } from "./main-process.ts";

/** A guard that is ready, as a process of its own. */
export interface GuardProcess {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** Its metrics, in Prometheus' text format. */
  metrics(): Promise<string>;
  /** What it has written to standard error so far. */
  readonly stderr: () => string;
  /** Ends it; rejects unless it ends well. */
  stop(): Promise<void>;
}

/** Where a guard gets its rules and its state from. */
export interface GuardInput {
  readonly config: string;
  /** The options that name the state: `--kubeconfig FILE` or `--state FOLDER`. */
  readonly state: readonly [option: "--kubeconfig" | "--state", path: string];
  /** More options. */
  readonly more?: readonly string[];
}

/** A second on an idle core, before the first lists. */
const READY_MS = 60_000;

const ADDRESS = /^netpol-guard listens on (https:\/\/127\.0\.0\.1:[0-9]+)$/m;

const METRICS = /^netpol-guard metrics are on (http:\/\/127\.0\.0\.1:[0-9]+\/metrics)$/m;

/** Whether a guard has said that it is ready. */
export const saysReady = (main: MainProcess): boolean => main.stderr().includes("netpol-guard is ready\n");

/** Where a guard has said that it listens; empty before it has. */
export const addressOf = (main: MainProcess): string => ADDRESS.exec(main.stderr())?.[1] ?? "";

const waitUntilReady = async (main: MainProcess): Promise<void> => {
  const ended = main.ended.then(({ code }) => `ended with code ${String(code)}`);
  const ready = until(() => saysReady(main), READY_MS).then((is) => (is ? undefined : "did not"));
  const trouble = await Promise.race([ready, ended]);
  if (trouble === undefined) return;
  const { stderr } = await main.stop();
  throw new Error(`Expected the guard to get ready, it ${trouble}:\n${stderr}`);
};

/** Starts a guard with its development certificates on a free port, or lets the installed one take over; it is ready then. */
export const startGuard = async ({ config, state, more = [] }: GuardInput): Promise<GuardProcess> => {
  if (state[0] === "--kubeconfig" && isInstalled(process.env)) return takeInstalledGuard(state[1], config);
  const main = startMain(["serve", "--config", config, ...state, "--port", "0", "--metrics-port", "0", ...more]);
  await waitUntilReady(main);
  return {
    url: addressOf(main),
    stderr: main.stderr,
    metrics: async () => {
      const answer = await fetch(METRICS.exec(main.stderr())?.[1] ?? "");
      if (!answer.ok) throw new Error(`Expected metrics, got ${String(answer.status)}`);
      return answer.text();
    },
    stop: async () => {
      const { code, stderr } = await main.stop();
      if (code !== 0) throw new Error(`Expected the guard to end with code 0, got ${String(code)}:\n${stderr}`);
    },
  };
};
