import { fork } from "node:child_process";

/** What a child process does when it is asked; each takes one argument, or none. */
type Commands = Readonly<Record<string, (argument: never) => unknown>>;

/** A process that answers commands. */
export interface Child<C extends Commands> {
  /** Rejects when the command throws, or the process ends before it has answered. */
  ask<Name extends keyof C & string>(
    name: Name,
    ...argument: Parameters<C[Name]>
  ): Promise<Awaited<ReturnType<C[Name]>>>;
  stop(): Promise<void>;
}

interface Question {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Starts a TypeScript file of this folder with options of Node.js. What it prints goes to standard error. */
export const startChild = <C extends Commands>(file: string, nodeOptions: readonly string[] = []): Child<C> => {
  const child = fork(new URL(file, import.meta.url), {
    execArgv: [...process.execArgv, ...nodeOptions],
    serialization: "advanced",
    stdio: ["ignore", 2, 2, "ipc"],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  child.on("message", ({ id, value, error }: Answer) => {
    if (error === undefined) waiting.get(id)?.resolve(value);
    else waiting.get(id)?.reject(new Error(error));
    waiting.delete(id);
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      for (const { reject } of waiting.values())
        reject(new Error(`${file} ended (${String(signal ?? code)}) before it answered`));
      resolve();
    });
  });
  return {
    ask: (name, argument?: unknown) => {
      const answer = Promise.withResolvers<unknown>();
      waiting.set(++last, answer);
      child.send({ id: last, name, argument } satisfies Question);
      return answer.promise as ReturnType<Child<C>["ask"]>;
    },
    stop: async () => {
      child.disconnect();
      await ended;
    },
  };
};

/** Makes this process one that `startChild` started: it answers until its parent lets go of it, or is gone. */
export const answerCommands = (commands: Commands): void => {
  const answer = async ({ id, name, argument }: Question): Promise<Answer> => {
    try {
      return { id, value: await (commands[name] as (argument: unknown) => unknown)(argument) };
    } catch (error) {
      return { id, error: error instanceof Error ? error.message : String(error) };
    }
  };
  process.on("message", (question: Question) => {
    void answer(question).then((message) => process.send?.(message));
  });
  process.once("disconnect", () => {
    process.exit();
  });
};
