import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { manifestsIn, readManifests, type Manifest } from "../../src/cluster/manifest-files.ts";

/** What a request does to its object. */
export type Operation = "CREATE" | "UPDATE" | "DELETE";

/** One request of a scenario, with the answer that its folder promises. */
export interface ExampleCase {
  readonly file: string;
  readonly manifest: Manifest;
  readonly operation: Operation;
  /** Names of the rules that must refuse it; none: it must be allowed. */
  readonly rules: readonly string[];
}

/** A folder of manifests/examples. */
export interface Example {
  readonly name: string;
  readonly config: string;
  readonly good: readonly Manifest[];
  /** Over the good objects, each by itself. */
  readonly cases: readonly ExampleCase[];
}

const HEADER = /^# (rule|operation): *(.+)$/gm;

const readCase = async (file: string, expected: "deny" | "allow"): Promise<ExampleCase> => {
  const source = await readFile(file, "utf8");
  const headers = new Map([...source.matchAll(HEADER)].map(([, key = "", value = ""]) => [key, value.trim()]));
  const [manifest, ...others] = manifestsIn(source, file);
  if (manifest === undefined || others.length > 0) throw new Error(`${file}: expected one object`);
  const operation = headers.get("operation");
  if (operation !== "CREATE" && operation !== "UPDATE" && operation !== "DELETE")
    throw new Error(`${file}: expected an "# operation:" line`);
  const rules = (headers.get("rule") ?? "")
    .split(",")
    .map((rule) => rule.trim())
    .filter((rule) => rule !== "");
  if (rules.length > 0 !== (expected === "deny"))
    throw new Error(`${file}: expected ${expected === "deny" ? "a" : "no"} "# rule:" line`);
  return { file, manifest, operation, rules };
};

const readCases = async (folder: string, expected: "deny" | "allow"): Promise<readonly ExampleCase[]> => {
  const names = await readdir(folder).catch(() => []);
  return Promise.all(
    names
      .filter((name) => name.endsWith(".yaml"))
      .sort()
      .map((name) => readCase(join(folder, name), expected)),
  );
};

/** Every scenario under `folder`, in the order of their names. */
export const readExamples = async (folder: string): Promise<readonly Example[]> => {
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return Promise.all(
    entries
      .map((entry) => join(folder, entry.name))
      .sort()
      .map(async (path) => ({
        name: basename(path),
        config: join(path, "config.yaml"),
        good: await Array.fromAsync(readManifests([join(path, "good")])),
        cases: [...(await readCases(join(path, "bad"), "deny")), ...(await readCases(join(path, "allowed"), "allow"))],
      })),
  );
};
