import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startMain } from "./main-process.ts";

/** The files of one graph: what it was made from, and its page. */
export interface GraphFiles {
  readonly state: string;
  readonly page: string;
  /** What `graph` prints of the same in another format. */
  readonly printed: (format: string) => Promise<string>;
}

/** Writes manifests, and the page that `graph` prints of them, into a folder. */
export const writeGraph = async (
  folder: string,
  name: string,
  manifests: string,
  configuration?: string,
): Promise<GraphFiles> => {
  const path = (end: string): string => join(folder, `${name}.${end}`);
  await writeFile(path("yaml"), manifests);
  const args = ["graph", "--state", path("yaml")];
  if (configuration !== undefined) {
    await writeFile(path("config"), configuration);
    args.push("--config", path("config"));
  }
  const printed = async (format: string): Promise<string> => {
    const { code, stdout, stderr } = await startMain([...args, "-o", format]).ended;
    if (code !== 0 || stderr !== "") throw new Error(`Expected a graph, got code ${String(code)}: ${stderr}`);
    return stdout;
  };
  await writeFile(path("html"), await printed("html"));
  return { state: path("yaml"), page: path("html"), printed };
};
