import { answerCommands } from "../child-process.ts";
import { templatesOf, type RequestKind } from "./request-kinds.ts";
import { requestTemplate } from "./request-bytes.ts";
import { runLoad, type Load } from "./run-load.ts";

// The process that sends reviews.

interface Target {
  readonly port: number;
  readonly ca: string;
  readonly kind: RequestKind;
  readonly pods: number;
}

let halted = false;

const run = ({ kind, pods, ...server }: Target, isOver: () => boolean): Promise<Load> =>
  runLoad(server, templatesOf(kind, pods).map(requestTemplate), isOver);

const commands = {
  /** Sends for so many seconds. */
  run: ({ seconds, ...target }: Target & { readonly seconds: number }): Promise<Load> => {
    const end = performance.now() + seconds * 1000;
    return run(target, () => performance.now() >= end);
  },
  /** Sends until `halt`. */
  keepOn: (target: Target): Promise<Load> => {
    halted = false;
    return run(target, () => halted);
  },
  halt: (): void => {
    halted = true;
  },
};

/** What the process does when it is asked. */
export type LoadCommands = typeof commands;

answerCommands(commands);
