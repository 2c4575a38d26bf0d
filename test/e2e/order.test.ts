import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { readNotes } from "./audit-log.ts";
import { guardPlane } from "./guarded.ts";
import { listOf, succeed, warningsOf } from "./kubectl.ts";
import { scratchDirectory } from "./main-process.ts";
import { THREE_NAMESPACES } from "./shipped.ts";
import { type Manifest, readTiers, REPLICAS } from "./tiers.ts";

/** Controllers try again after 5 ms, and after twice as long each time: seconds, unless something is wrong. */
const RETRIES_MS = 60_000;
const STEP_MS = 2 * RETRIES_MS;
const soon = { timeout: RETRIES_MS, interval: 200 };

const RULES = [
  "require-default-deny/default-deny",
  "forbidden-path/db-not-from-frontend",
  "forbidden-path/db-not-from-internet",
  "forbidden-path/db-calls-nobody",
];

const isDefaultDeny = ({ metadata }: Manifest): boolean => metadata.name === "default-deny";
const ofKind = (objects: readonly Manifest[], kind: string): readonly Manifest[] =>
  objects.filter((object) => object.kind === kind);

/** One `kubectl apply` of a folder whose files are in the worst order. */
const applyFolder = async (plane: ControlPlane, objects: readonly Manifest[]): Promise<readonly string[]> => {
  const folder = join(scratchDirectory, "worst-order");
  await mkdir(folder);
  const policies = ofKind(objects, "NetworkPolicy");
  const files = [
    ofKind(objects, "Namespace"),
    ofKind(objects, "Deployment"),
    policies.filter((policy) => !isDefaultDeny(policy)),
    policies.filter(isDefaultDeny),
  ];
  for (const [index, file] of files.entries()) await writeFile(join(folder, `${String(index)}.json`), listOf(file));
  return warningsOf(await succeed(plane, ["apply", "-f", folder]));
};

/**
 * As Flux applies a Kustomization: first the namespaces, then all else by kind with kinds that it does not know behind
 * Deployments; in each stage a dry run of every object before the first is applied, and an end at the first error
 * (https://github.com/fluxcd/pkg/tree/main/ssa).
 */
const applyAsFlux = async (plane: ControlPlane, objects: readonly Manifest[]): Promise<readonly string[]> => {
  const warnings: string[] = [];
  const send = async (object: Manifest, ...options: readonly string[]): Promise<void> => {
    const args = ["apply", "--server-side", "--force-conflicts", "--field-manager=kustomize-controller", ...options];
    warnings.push(...warningsOf(await succeed(plane, [...args, "-f", "-"], JSON.stringify(object))));
  };
  const rest = [...ofKind(objects, "Deployment"), ...ofKind(objects, "NetworkPolicy")];
  for (const stage of [ofKind(objects, "Namespace"), rest]) {
    for (const object of stage) await send(object, "--dry-run=server");
    for (const object of stage) await send(object);
  }
  return warnings;
};

describeControlPlane("three tiers whose Deployments come before their policies", { controllerManager: true }, () => {
  describe.each([
    ["kubectl apply -f folder", applyFolder],
    ["Flux", applyAsFlux],
  ])("by %s in an empty cluster", (_name, send) => {
    let plane: ControlPlane;
    let objects: readonly Manifest[];
    let warnings: readonly string[];

    beforeAll(async () => {
      plane = await startControlPlane({ controllerManager: true, audit: true });
      const stop = await guardPlane(plane, `${THREE_NAMESPACES}/config.yaml`);
      objects = await readTiers();
      warnings = await send(plane, objects);
      return stop;
    }, BUILD_AND_START_MS);

    it("are told what is still missing", () => {
      for (const { metadata } of ofKind(objects, "Deployment"))
        for (const direction of ["ingress", "egress"])
          expect(warnings).toContain(
            `[require-default-deny/default-deny] Deployment ${metadata.namespace}/${metadata.name} would run in ` +
              `namespace ${metadata.namespace}, which has no default-deny for ${direction}`,
          );
      const codes = warnings.map((warning) => /^\[(.+?)\]/.exec(warning)?.[1]);
      expect(new Set(codes)).toEqual(new Set(RULES));
    });

    it(
      "have all their pods in the end, with no second apply",
      async () => {
        const columns = "custom-columns=NS:.metadata.namespace,APP:.metadata.labels.app";
        const pods = async (): Promise<readonly string[]> => {
          const { stdout } = await succeed(plane, ["get", "pods", "-A", "--no-headers", "-o", columns]);
          return stdout
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => line.split(/\s+/).join("/"))
            .sort();
        };
        const expected = ["backend-tier/backend", "database-tier/database", "frontend-tier/frontend"];
        await expect.poll(pods, soon).toEqual(expected.flatMap((pod) => Array<string>(REPLICAS).fill(pod)));
      },
      STEP_MS,
    );

    it(
      "were refused nothing but pods",
      async () => {
        const refused = (await readNotes(plane)).filter(({ code }) => code === 403);
        const who = "system:serviceaccount:kube-system:replicaset-controller";
        expect(refused.filter(({ resource, user }) => resource !== "pods" || user !== who)).toEqual([]);
        expect(refused).not.toEqual([]);
      },
      STEP_MS,
    );
  });
});
