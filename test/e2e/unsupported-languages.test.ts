import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { until } from "../control-plane/until.ts";
import { reviewOf } from "../demo/review.ts";
import { DEFINED_KINDS, definedKind, definitionOf, objectOf } from "./foreign-kinds.ts";
import { startGuard, type GuardProcess } from "./guard-process.ts";
import { apply, listOf, outcomeOf, refusedBy, succeed, warningsOf } from "./kubectl.ts";
import { scratchDirectory } from "./main-process.ts";
import { defaultDeny, deployment, namespace, pod, policy } from "./objects.ts";
import { post } from "./post.ts";
import { register } from "./register.ts";
import { RBAC, THREE_NAMESPACES } from "./shipped.ts";

interface RoleManifest {
  readonly kind: string;
  readonly rules: readonly { readonly apiGroups: readonly string[] }[];
}

const STEP_MS = 300_000;
const soon = { timeout: 120_000, interval: 200 };

/** A token's user of this name has the rights of the shipped service account. */
const GUARD = "system:serviceaccount:netpol-guard:netpol-guard";
const CODE = "unsupported-language/cilium";
const CILIUM = definedKind("CiliumNetworkPolicy");

const original = await readFile(`${THREE_NAMESPACES}/config.yaml`, "utf8");

const web = { app: "web" };
const OPENING = policy("shop", "in", { podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: web } }] }] });
const ISOLATING = policy("shop", "more", { podSelector: { matchLabels: web } });

describeControlPlane("policies of languages that are not judged", {}, () => {
  let plane: ControlPlane;
  let guard: GuardProcess;
  const config = join(scratchDirectory, "unsupported-languages.yaml");

  /** What comes of an object on a dry run. */
  const ask = (object: object): ReturnType<ControlPlane["kubectl"]> =>
    plane.kubectl(["create", "--dry-run=server", "-f", "-"], { input: JSON.stringify(object) });
  const warnings = async (object: object): Promise<readonly string[]> => {
    const result = await ask(object);
    expect(result).toMatchObject({ code: 0 });
    return warningsOf(result);
  };
  const remove = (...objects: readonly object[]): Promise<unknown> =>
    succeed(plane, ["delete", "-f", "-"], listOf(objects));
  const allow = (onUnsupportedLanguage: "warn" | "deny"): Promise<void> =>
    writeFile(config, `${original}\nonUnsupportedLanguage: ${onUnsupportedLanguage}\n`);
  /** The lines of the audit log, the last of which may be half-written. */
  const auditEvents = async (): Promise<readonly Record<string, unknown>[]> =>
    (await readFile(plane.auditLog ?? "", "utf8"))
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  /** How often the guard has had an answer to the question for objects of a kind. */
  const timesAsked = async ({ group, version, resource }: (typeof DEFINED_KINDS)[number]): Promise<number> =>
    (await auditEvents()).filter(
      ({ user, requestURI, responseStatus }) =>
        (user as { username: string }).username === GUARD &&
        requestURI === `/apis/${group}/${version}/${resource}?limit=1` &&
        (responseStatus as { code: number }).code === 200,
    ).length;
  /** The kinds of the last line in the guard's log that names some. */
  const logged = (): readonly string[] => {
    const lines = guard
      .stderr()
      .split("\n")
      .filter((line) => line.includes('"unsupported":'));
    const last = JSON.parse(lines.at(-1) ?? '{"unsupported":[]}') as { unsupported: { kind: string }[] };
    return last.unsupported.map(({ kind }) => kind);
  };

  beforeAll(async () => {
    plane = await startControlPlane({ audit: true, users: [{ name: GUARD }] });
    await apply(plane, namespace("netpol-guard"), namespace("shop"), defaultDeny("shop"), pod("shop", "web", web));
    await apply(plane, namespace("other"));
    await succeed(plane, ["apply", "-f", RBAC]);
    await allow("warn");
    guard = await startGuard({ config, state: ["--kubeconfig", plane.kubeconfigFor(GUARD)] });
    await register(plane, guard);
    return async () => {
      await guard.stop();
      await plane.stop();
    };
  }, BUILD_AND_START_MS);

  it(
    "are no matter where nobody serves them",
    async () => {
      expect(await warnings(OPENING)).toEqual([]);
      expect(outcomeOf(await ask(pod("other", "new", web)))).toMatchObject({ code: 0 });
      expect(guard.stderr()).toContain("no policies of other languages in the cluster");
    },
    STEP_MS,
  );

  it(
    "are no matter where they are served and there is none",
    async () => {
      await apply(plane, ...DEFINED_KINDS.map(definitionOf));
      await succeed(plane, ["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
      // With the second answer what came of the first is in force.
      for (const kind of DEFINED_KINDS) await expect.poll(() => timesAsked(kind), soon).toBeGreaterThanOrEqual(2);
      expect(await warnings(OPENING)).toEqual([]);
      expect(logged()).toEqual([]);
    },
    STEP_MS,
  );

  it(
    "are named in warnings as soon as there are some, of whichever kind, until the last is gone",
    async () => {
      const objects = DEFINED_KINDS.map(objectOf);
      await apply(plane, ...objects);
      await expect.poll(logged, soon).toEqual(DEFINED_KINDS.map(({ kind, group }) => `${kind}.${group}`));
      const rules = "default-deny, no-open-ingress cannot tell what NetworkPolicy shop/in opens";
      expect(await warnings(OPENING)).toEqual([
        `[unsupported-language/calico] Calico policies (NetworkPolicy, GlobalNetworkPolicy) are in the cluster and are not judged: ${rules}`,
        `[unsupported-language/cilium] Cilium policies (CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy) are in the cluster and are not judged: ${rules}`,
        expect.stringMatching(
          /^\[unsupported-language\/cluster-network-policy\] ClusterNetworkPolicy policies \(ClusterNetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy\)/,
        ),
      ]);
      await remove(...objects);
      await expect.poll(() => warnings(OPENING), soon).toEqual([]);
    },
    STEP_MS,
  );

  describe("where there is one of Cilium's", () => {
    beforeAll(async () => {
      await apply(plane, objectOf(CILIUM));
      const isNamed = async (): Promise<boolean> => (await warnings(OPENING)).some((text) => text.includes(CODE));
      expect(await until(isNamed, soon.timeout)).toBe(true);
    }, STEP_MS);

    it(
      "pods that no NetworkPolicy isolates are not refused, as they may be isolated all the same",
      async () => {
        const result = await succeed(plane, ["create", "-f", "-"], JSON.stringify(pod("other", "web", web)));
        expect(warningsOf(result).map((warning) => /^\[(.*?)\]/.exec(warning)?.[1])).toEqual([
          "require-default-deny/default-deny",
          "require-default-deny/default-deny",
          CODE,
        ]);
      },
      STEP_MS,
    );

    it(
      "what NetworkPolicies open is refused as ever",
      async () => {
        const everybody = policy("shop", "all", { podSelector: {}, ingress: [{}] });
        expect(outcomeOf(await ask(everybody))).toMatchObject({ code: 1 });
        expect(refusedBy(await ask(everybody))).not.toContain(CODE);
      },
      STEP_MS,
    );

    it(
      "a pod that a controller makes is no reason for a warning, but for a note in the audit log",
      async () => {
        const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-1", uid: "u-1", controller: true };
        const owned = pod("shop", "owned", { app: "new" }) as { readonly metadata: object };
        expect(await warnings({ ...owned, metadata: { ...owned.metadata, ownerReferences: [owner] } })).toEqual([]);
        const notes = (await auditEvents())
          .filter(({ objectRef }) => (objectRef as { name?: string } | undefined)?.name === "owned")
          .map(({ annotations }) => (annotations as Record<string, string>)["pods.netpol-guard.io/findings"]);
        expect(notes).toEqual([`audit ${CODE}`]);
      },
      STEP_MS,
    );

    it(
      "a change is refused where the configuration asks for that, and what only narrows is not",
      async () => {
        await allow("deny");
        await expect.poll(async () => refusedBy(await ask(OPENING)), soon).toEqual([CODE]);
        const { stderr } = await ask(OPENING);
        expect(stderr).toContain('admission webhook "policies.netpol-guard.io" denied the request');
        expect(stderr).toContain("not judged: CiliumNetworkPolicy.cilium.io");
        expect(stderr).toContain("docs: docs/unsupported-languages.md");
        expect(refusedBy(await ask(pod("shop", "new", { app: "new" })))).toEqual([CODE]);
        expect(refusedBy(await ask(deployment("shop", "new")))).toEqual([CODE]);
        expect(await warnings(ISOLATING)).toEqual([expect.stringContaining(`[${CODE}]`)]);
        await succeed(plane, ["delete", "pod", "web", "-n", "other", "--force", "--grace-period=0"]);
      },
      STEP_MS,
    );

    it(
      "nothing is said any more when its kind is gone",
      async () => {
        await remove(definitionOf(CILIUM));
        await expect.poll(async () => (await ask(OPENING)).stderr, soon).toBe("");
      },
      STEP_MS,
    );
  });

  it(
    "may be there, where the guard has no right to look",
    async () => {
      await allow("warn");
      const role = parseAllDocuments(await readFile(RBAC, "utf8"))
        .map((document) => document.toJS() as RoleManifest)
        .find(({ kind }) => kind === "ClusterRole");
      if (role === undefined) throw new Error("Expected a ClusterRole");
      const rules = role.rules.filter(({ apiGroups }) => !apiGroups.includes("cilium.io"));
      await apply(plane, { ...role, rules });
      await expect
        .poll(() => warnings(OPENING), soon)
        .toEqual([
          expect.stringContaining(`[${CODE}] Cilium policies (CiliumClusterwideNetworkPolicy) may be in the cluster`),
        ]);
      await apply(plane, role);
      await expect.poll(() => warnings(OPENING), soon).toEqual([]);
    },
    STEP_MS,
  );
});

describe("policies of languages that are not judged in a folder", () => {
  it(
    "count as those of a cluster, and are named with their place",
    async () => {
      const file = join(scratchDirectory, "cilium.yaml");
      const config = join(scratchDirectory, "folder.yaml");
      await writeFile(
        file,
        [namespace("shop"), objectOf(CILIUM), pod("shop", "web", web)]
          .map((object) => JSON.stringify(object))
          .join("\n---\n"),
      );
      await writeFile(config, `${original}\nonUnsupportedLanguage: deny\n`);
      const guard = await startGuard({ config, state: ["--state", file] });
      const { body } = await post(guard, JSON.stringify(reviewOf("CREATE", { ...OPENING }, undefined)));
      await guard.stop();
      const { response } = body as { readonly response: { readonly status?: { readonly message: string } } };
      expect(response.status?.message).toContain(`not judged: CiliumNetworkPolicy.cilium.io in ${file}:3`);
      expect(guard.stderr()).toContain('"kind":"CiliumNetworkPolicy.cilium.io"');
    },
    STEP_MS,
  );
});
