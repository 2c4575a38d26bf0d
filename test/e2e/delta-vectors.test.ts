import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeVectors, readVectors } from "../reference/vectors.ts";
import { startGuard } from "./guard-process.ts";
import { scratchDirectory } from "./main-process.ts";
import { post } from "./post.ts";

interface DeltaCase {
  readonly name: string;
  readonly objects: readonly unknown[];
  readonly request: Request;
  readonly rule: Readonly<Record<string, unknown>>;
  readonly denied: boolean;
}

interface Request {
  readonly operation: string;
  readonly object: Manifest | null;
  readonly oldObject: Manifest | null;
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Every so manieth is asked of a process of its own; NETPOL_GUARD_EVERY=1 asks for all of them. */
const EVERY = Number(process.env["NETPOL_GUARD_EVERY"] ?? "15");

const CASE_MS = 20_000;

const reviewOf = (name: string, { operation, object, oldObject }: Request): string => {
  const manifest = object ?? oldObject;
  if (manifest === null) throw new Error("Expected an object or an old one, got neither");
  const { apiVersion, kind, metadata } = manifest;
  const [version = "", group = ""] = apiVersion.split("/").reverse();
  return JSON.stringify({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: name,
      kind: { group, version, kind },
      operation,
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      object,
      oldObject,
      userInfo: { username: "someone", groups: [] },
    },
  });
};

/** Starts `serve` over the objects of a case, with its one rule, and sends its request. */
const answerTo = async ({ name, objects, request, rule }: DeltaCase): Promise<unknown> => {
  const folder = join(scratchDirectory, name.replaceAll(/[^a-z0-9-]/gi, "_"));
  await mkdir(join(folder, "state"), { recursive: true });
  const config = join(folder, "config.json");
  const rules = [{ name: "path", type: "forbidden-path", ...rule }];
  const head = { apiVersion: "netpol-guard.io/v1alpha1", kind: "GuardConfiguration" };
  await writeFile(config, JSON.stringify({ ...head, rules }));
  await writeFile(
    join(folder, "state", "objects.json"),
    JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }),
  );
  const guard = await startGuard({ config, state: ["--state", join(folder, "state")] });
  try {
    return (await post(guard, reviewOf(name, request))).body;
  } finally {
    await guard.stop();
  }
};

describeVectors("delta vectors through the webhook", () => {
  const cases = (readVectors("delta.jsonl.gz") as readonly DeltaCase[]).filter((_, at) => at % EVERY === 0);

  it(
    "a guard with one forbidden-path rule denies exactly the given requests",
    { timeout: cases.length * CASE_MS },
    async () => {
      expect(cases.length).toBeGreaterThanOrEqual(300 / EVERY);
      for (const line of cases)
        expect({ name: line.name, answer: await answerTo(line) }).toMatchObject({
          name: line.name,
          answer: { response: { uid: line.name, allowed: !line.denied } },
        });
    },
  );
});
