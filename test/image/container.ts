import { z } from "zod";
import { until } from "../control-plane/until.ts";
import type { Engine } from "./engine.ts";

/** A container that runs. */
export interface Container {
  /** What it has written, each line behind its time. */
  logs(): Promise<string>;
  /** From the start of its process to the first line with this text; throws where it ends before, or says nothing. */
  millisecondsUntil(text: string): Promise<number>;
  /** Asks it to end, and gives its exit code. */
  stop(): Promise<number>;
}

/** A second on an idle core. */
const WAIT_MS = 60_000;

const state = z.object({ StartedAt: z.string(), ExitCode: z.number(), Running: z.boolean() });

/** As restricted pods run: nothing can be written, no right can be had. They share the machine's network. */
const RESTRICTED = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--network=host"];

/** Starts an image with folders mounted read-only, by where they are in the container. */
export const startContainer = async (
  { docker }: Engine,
  image: string,
  folders: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Container> => {
  const volumes = Object.entries(folders).flatMap(([inside, outside]) => ["--volume", `${outside}:${inside}:ro`]);
  const id = (await docker("create", ...RESTRICTED, ...volumes, image, ...args)).stdout.trim();
  await docker("start", id);
  const inspect = async (): Promise<z.infer<typeof state>> =>
    state.parse(JSON.parse((await docker("inspect", "--format", "{{json .State}}", id)).stdout));
  const logs = async (): Promise<string> => {
    const { stdout, stderr } = await docker("logs", "--timestamps", id);
    return `${stdout}${stderr}`;
  };
  return {
    logs,
    millisecondsUntil: async (text) => {
      const said = async (): Promise<string | undefined> =>
        (await logs()).split("\n").find((line) => line.includes(text));
      const found = await until(async () => (await said()) !== undefined || !(await inspect()).Running, WAIT_MS);
      const [time] = (await said())?.split(" ") ?? [];
      if (!found || time === undefined) throw new Error(`Expected a line with "${text}", got:\n${await logs()}`);
      return Date.parse(time) - Date.parse((await inspect()).StartedAt);
    },
    stop: async () => {
      await docker("stop", "--time=30", id);
      const { ExitCode } = await inspect();
      await docker("rm", id);
      return ExitCode;
    },
  };
};
