import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { reviewOf } from "../demo/review.ts";
import { startGuard, type GuardProcess } from "./guard-process.ts";
import { scratchDirectory } from "./main-process.ts";
import { post } from "./post.ts";
import { ONE_NAMESPACE } from "./shipped.ts";

// A ConfigMap that changes under a running guard.

const STEP_MS = 60_000;
const soon = { timeout: 30_000, interval: 100 };
const config = join(scratchDirectory, "reloaded.yaml");
let guard: GuardProcess;
let original: string;

const OPEN = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "open", namespace: "shop" },
  spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] },
};

const isAllowed = async (): Promise<unknown> => {
  const { body } = await post(guard, JSON.stringify(reviewOf("CREATE", OPEN, undefined)));
  return (body as { response: { allowed: unknown } }).response.allowed;
};

beforeAll(async () => {
  await copyFile(`${ONE_NAMESPACE}/config.yaml`, config);
  original = await readFile(config, "utf8");
  guard = await startGuard({ config, state: ["--state", `${ONE_NAMESPACE}/good`] });
}, STEP_MS);
afterAll(() => guard.stop());

it(
  "a guard takes over another configuration, and keeps its own when the next one is broken",
  async () => {
    expect(await isAllowed()).toBe(false);
    await writeFile(config, `${original.replace(/^mode: .*$/m, "")}\nmode: audit\n`);
    await expect.poll(isAllowed, soon).toBe(true);
    await writeFile(config, `${original}\nmode: [\n`);
    await expect.poll(guard.stderr, soon).toContain("configuration refused, the one before stays");
    expect(await isAllowed()).toBe(true);
    await writeFile(config, original);
    await expect.poll(isAllowed, soon).toBe(false);
  },
  STEP_MS,
);
