import { until } from "../control-plane/until.ts";
import { type MainProcess, startMain } from "./main-process.ts";

/** A guard that is ready, as a process of its own. */
export interface GuardProcess {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** What it has written to standard error so far. */
  stderr(): string;
  /** Ends it; rejects unless it ends well. */
  stop(): Promise<void>;
}

/** Where a guard gets its rules and its state from. */
export interface GuardInput {
  readonly config: string;
  /** The options that name the state: `--kubeconfig FILE` or `--state FOLDER`. */
  readonly state: readonly [option: "--kubeconfig" | "--state", path: string];
}

/** A second on an idle core, before the first lists. */
const READY_MS = 60_000;

const READY = "netpol-guard is ready\n";
const ADDRESS = /^netpol-guard listens on (https:\/\/127\.0\.0\.1:[0-9]+)$/m;

const waitUntilReady = async (main: MainProcess): Promise<void> => {
  let over = false;
  void main.ended.then(() => {
    over = true;
  });
  const settled = await until(() => over || main.stderr().includes(READY), READY_MS);
  if (settled && !over) return;
  const { code, stderr } = await main.stop();
  throw new Error(
    `Expected the guard to get ready, it ${over ? "ended" : "did not"} (code ${String(code)}):\n${stderr}`,
  );
};

/** Starts a guard with its development certificates on a free port, and waits until it is ready. */
export const startGuard = async ({ config, state }: GuardInput): Promise<GuardProcess> => {
  const main = startMain(["serve", "--config", config, ...state, "--port", "0"]);
  await waitUntilReady(main);
  return {
    url: ADDRESS.exec(main.stderr())?.[1] ?? "",
    stderr: main.stderr,
    stop: async () => {
      const { code, stderr } = await main.stop();
      if (code !== 0) throw new Error(`Expected the guard to end with code 0, got ${String(code)}:\n${stderr}`);
    },
  };
};
