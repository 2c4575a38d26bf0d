import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";

const MAIN = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));

/** Parsed at once they take four times the heap below. */
const COUNT = 20_000;
const HEAP_MIB = 128;

const CONFIGURATION = stringify({
  apiVersion: "netpol-guard.io/v1alpha1",
  kind: "GuardConfiguration",
  rules: [{ name: "no-host-network", type: "forbid-host-network" }],
});

const pod = (at: number): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: `p${String(at)}`, namespace: `ns${String(at % 100)}`, labels: { app: `a${String(at % 10)}` } },
  spec: { hostNetwork: at === COUNT - 1, containers: [{ name: "a", image: "a", ports: [{ containerPort: 80 }] }] },
  status: { phase: "Running", podIP: `10.0.${String(at >> 8)}.${String(at & 255)}` },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "netpol-guard-dump-"));
  await writeFile(join(folder, "config.yaml"), CONFIGURATION);
});
afterAll(() => rm(folder, { recursive: true }));

const items = Array.from({ length: COUNT }, (_, at) => pod(at));
/** As `kubectl get -o yaml` writes it. */
const yamlList = (): string => {
  const entries = items.map((item) => `- ${stringify(item).trimEnd().replaceAll("\n", "\n  ")}\n`);
  return `apiVersion: v1\nitems:\n${entries.join("")}kind: List\n`;
};

it.each([
  ["a list in YAML", yamlList],
  ["a list in JSON", () => JSON.stringify({ apiVersion: "v1", kind: "List", items }, null, 4)],
  ["documents", () => items.map((item) => stringify(item)).join("---\n")],
])(
  "%s of 20,000 objects is scanned in a heap that does not hold it parsed",
  { timeout: 300_000 },
  async (name, text) => {
    const file = join(folder, `${name.replaceAll(" ", "-")}.yaml`);
    await writeFile(file, text());
    const args = [`--max-old-space-size=${String(HEAP_MIB)}`, MAIN, "scan", "--state", file];
    const options = { env: { PATH: process.env["PATH"] } };
    const run = promisify(execFile)(process.execPath, [...args, "--config", join(folder, "config.yaml")], options);
    await expect(run).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining("p19999") as string });
  },
);
