import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Guardian } from "./guardian.ts";
import { until } from "./until.ts";

/** Four seconds on idle cores; a machine that builds and tests at once is given thirty times as long. */
const READY_MS = 120_000;
/** kube-apiserver drains its requests within a second or two; what takes longer is not worth waiting for. */
const GRACE_MS = 10_000;
const TAIL_LINES = 40;

/** A program to run: its log is `<directory>/<name>.log`. */
export type ServerSpec = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  isReady(): Promise<boolean>;
};

/** One server of a control plane, which can be ended, killed, paused and started again on the same port and data. */
export class ServerProcess {
  readonly logFile: string;
  readonly #spec: ServerSpec;
  readonly #guardian: Guardian;
  #child: ChildProcess | undefined;

  constructor(spec: ServerSpec, guardian: Guardian) {
    this.logFile = join(spec.directory, `${spec.name}.log`);
    this.#spec = spec;
    this.#guardian = guardian;
  }

  /** The process id, undefined while it does not run. */
  get pid(): number | undefined {
    return this.#running()?.pid;
  }

  /** Starts it and waits until it is ready. */
  async start(): Promise<void> {
    if (this.pid !== undefined)
      throw new Error(`Expected ${this.#spec.name} not to run, it does as ${String(this.pid)}`);
    const { command, args, directory } = this.#spec;
    const log = openSync(this.logFile, "a");
    // An environment of its own: ETCD_*, KUBE_* and proxy variables would change what is tested.
    const env = { PATH: process.env["PATH"], HOME: directory };
    const child = spawn(command, args, { cwd: directory, env, stdio: ["ignore", log, log] });
    closeSync(log);
    await once(child, "spawn");
    const { pid } = child;
    if (pid === undefined) throw new Error(`Expected ${this.#spec.name} to have a process id, got none`);
    this.#child = child;
    this.#guardian.started(pid);
    child.once("exit", () => {
      this.#guardian.ended(pid);
    });
    await this.ready();
  }

  /** Waits until it answers that it is ready; ends it, and throws the end of its log, when it does not. */
  async ready(): Promise<void> {
    const { name } = this.#spec;
    const ready = await until(async () => {
      if (this.pid === undefined) throw this.#failure(`${name} ended (${this.#ending()}) before it was ready`);
      return this.#spec.isReady();
    }, READY_MS);
    if (ready) return;
    await this.stop();
    throw this.#failure(`${name} was not ready in ${String(READY_MS / 1000)} s`);
  }

  /** Sends a signal and does not wait: SIGSTOP and SIGCONT pause and resume, SIGKILL with restart() is a crash. */
  signal(signal: NodeJS.Signals): void {
    if (this.#running()?.kill(signal) !== true) throw new Error(`Expected ${this.#spec.name} to run, it does not`);
  }

  /** Ends it with SIGTERM, after a bound with SIGKILL, and waits for its end; nothing when it does not run. */
  async stop(): Promise<void> {
    const child = this.#running();
    if (child === undefined) return;
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    child.kill("SIGCONT"); // a paused process sees SIGTERM only when it resumes
    const cancel = new AbortController();
    const bound = pause(GRACE_MS, undefined, { signal: cancel.signal }).then(
      () => child.kill("SIGKILL"),
      () => false,
    );
    await exit;
    cancel.abort();
    await bound;
  }

  /** Stops it and starts it again, ready when this resolves. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  #running(): ChildProcess | undefined {
    const child = this.#child;
    return child?.exitCode === null && child.signalCode === null ? child : undefined;
  }

  #ending(): string {
    return this.#child?.signalCode ?? `code ${String(this.#child?.exitCode)}`;
  }

  #failure(what: string): Error {
    const log = readFileSync(this.logFile, "utf8").trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
    return new Error(`${what}; the end of its log:\n${log}`);
  }
}
