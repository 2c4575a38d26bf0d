import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { AdmissionResponse } from "../../src/admission/respond.ts";
import type { Mapping } from "../../src/dialects/manifest.ts";
import { KINDS } from "../../src/dialects/index.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import type { Operation } from "../demo/cases.ts";
import { reviewOf } from "../demo/review.ts";
import { requestsOf } from "./audit-log.ts";
import { type GuardProcess, startGuard } from "./guard-process.ts";
import { apply, succeed } from "./kubectl.ts";
import { scratchDirectory } from "./main-process.ts";
import { defaultDeny, namespace, pod, policy } from "./objects.ts";
import { post } from "./post.ts";
import { RBAC } from "./shipped.ts";

// A guard cannot tell who calls it. This one is registered nowhere: whatever it does is done for somebody who calls it
// past the API server.

const STEP_MS = 120_000;
const soon = { timeout: 30_000, interval: 100 };

const CONFIG = {
  apiVersion: "netpol-guard.io/v1alpha1",
  kind: "GuardConfiguration",
  rules: [
    { name: "default-deny", type: "require-default-deny" },
    {
      name: "sealed",
      type: "forbidden-path",
      from: { namespaceSelector: { matchLabels: { tier: "front" } } },
      to: { podSelector: { matchLabels: { role: "db" } } },
    },
  ],
};

const db = { role: "db" };
const front = { tier: "front" };
const in_ = (ingress: readonly object[]): object => ({ podSelector: { matchLabels: db }, ingress });

/** A namespace from which every pod that came would reach the database of another one, which has so many policies more. */
const shopOf = (name: string, more: number): readonly object[] => {
  const [from, to] = [`from-${name}`, `to-${name}`];
  const peer = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": to } } };
  const others = Array.from({ length: more }, (_, index) => policy(to, `other-${String(index)}`, { podSelector: {} }));
  const out = policy(from, "out", { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: [peer] }] });
  const ends = [namespace(from, front), defaultDeny(from), out, namespace(to), defaultDeny(to)];
  return [...ends, policy(to, "in", in_([{}])), ...others, pod(to, "db", db)];
};

/** What a pod of it makes the guard read: two namespaces, two policies on each side and the others, the database. */
const readFor = (more: number): number => 2 + 2 + 2 + more + 1;

describeControlPlane("somebody who calls the guard past the API server", {}, () => {
  let plane: ControlPlane;
  let guard: GuardProcess;

  const ask = async (operation: Operation, object: object, oldObject?: object): Promise<AdmissionResponse> => {
    const review = reviewOf(operation, object as Mapping, oldObject as Mapping | undefined);
    const { code, body } = await post(guard, JSON.stringify(review));
    expect(code).toBe(200);
    return (body as { readonly response: AdmissionResponse }).response;
  };
  /** The answer to one more pod, which no rule lets in. */
  const askForOneMore = (name: string): Promise<AdmissionResponse> => ask("CREATE", pod(`from-${name}`, "web"));

  /** What was asked of the API server about single objects with this in their namespace or name. */
  const readOf = async (name: string): Promise<readonly string[]> =>
    (await requestsOf(plane, "guard"))
      .map(({ uri }) => uri)
      .filter((uri) => uri.includes("fieldSelector=metadata.name") && uri.includes(name));

  beforeAll(async () => {
    plane = await startControlPlane({ audit: true, users: [{ name: "guard" }] });
    await apply(plane, namespace("netpol-guard"));
    await succeed(plane, ["apply", "-f", RBAC]);
    await succeed(plane, ["create", "clusterrolebinding", "guard", "--clusterrole=netpol-guard", "--user=guard"]);
    const own = ["--role=netpol-guard", "--user=guard", "-n", "netpol-guard"];
    await succeed(plane, ["create", "rolebinding", "guard", ...own]);
    await apply(plane, ...shopOf("small", 20), ...shopOf("crowded", 60), ...shopOf("shop", 0));
    const config = join(scratchDirectory, "unauthenticated.json");
    await writeFile(config, JSON.stringify(CONFIG));
    guard = await startGuard({ config, state: ["--kubeconfig", plane.kubeconfigFor("guard")] });
    return async () => {
      await guard.stop();
      await plane.stop();
    };
  }, BUILD_AND_START_MS);

  it(
    "has that read once which a refusal rests on, and nothing where that is more than 64 objects",
    async () => {
      expect(await askForOneMore("small")).toMatchObject({ allowed: false });
      await expect.poll(() => readOf("-small"), soon).toHaveLength(readFor(20));
      expect(readFor(60)).toBeGreaterThan(64);
      expect(await askForOneMore("crowded")).toMatchObject({ allowed: false });
      expect(await askForOneMore("small")).toMatchObject({ allowed: false });
      await expect.poll(() => readOf("-small"), soon).toHaveLength(2 * readFor(20));
      expect(await readOf("-crowded")).toEqual([]);
    },
    STEP_MS,
  );

  const inShop = (name: string, spec: object): object => policy("to-shop", name, spec);
  const finished = { ...pod("to-shop", "db", db), status: { phase: "Succeeded" } };
  const sealed = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };

  const said: readonly { readonly what: string; readonly review: Parameters<typeof ask> }[] = [
    { what: "narrows a policy", review: ["UPDATE", inShop("in", in_([])), inShop("in", in_([{}]))] },
    { what: "makes a policy anew that lets nobody in", review: ["CREATE", inShop("in", in_([]))] },
    { what: "deletes a policy", review: ["DELETE", inShop("in", in_([{}]))] },
    { what: "takes the way out", review: ["UPDATE", policy("from-shop", "out", sealed)] },
    { what: "takes a label from the database", review: ["UPDATE", pod("to-shop", "db"), pod("to-shop", "db", db)] },
    { what: "lets the database end", review: ["UPDATE", finished, pod("to-shop", "db", db)] },
    { what: "makes the database anew, without its label", review: ["CREATE", pod("to-shop", "db")] },
    {
      what: "takes a label from the namespace",
      review: ["UPDATE", namespace("from-shop"), namespace("from-shop", front)],
    },
  ];

  it.each(said)(
    "has nobody let in who says that somebody $what",
    async ({ review }) => {
      expect(await ask(...review)).toMatchObject({ allowed: true });
      const { status } = await askForOneMore("shop");
      expect(status?.message).toContain(
        "[forbidden-path/sealed] Pod from-shop/web would let from-shop/web reach to-shop/db",
      );
    },
    STEP_MS,
  );

  it(
    "has nothing written, and nothing read but what is judged, whatever is sent",
    async () => {
      const sorts = KINDS.flatMap(({ group, version, kind }) =>
        ["from-shop", "../secrets", "secrets/token?watch=1"].map((at) => ({
          apiVersion: group === "" ? version : `${group}/${version}`,
          kind,
          metadata: { ...(kind === "Namespace" ? {} : { namespace: at }), name: at, labels: db },
          spec: {},
        })),
      );
      const binding = { kind: "Binding", metadata: { namespace: "to-shop", name: "db", labels: front } };
      const configuration = {
        kind: "ConfigMap",
        metadata: { namespace: "netpol-guard", name: "netpol-guard-config" },
        data: { "config.yaml": "rules: [" },
      };
      await Promise.all([
        ...(["CREATE", "UPDATE", "DELETE"] as const).flatMap((operation) =>
          sorts.map((object) => ask(operation, object)),
        ),
        ...[binding, configuration].map((object) => ask("CREATE", { apiVersion: "v1", ...object })),
      ]);
      await guard.stop();
      const requests = await requestsOf(plane, "guard");
      expect(new Set(requests.map(({ verb }) => verb))).toEqual(new Set(["get", "list", "watch"]));
      const single = requests.filter(({ uri }) => uri.includes("fieldSelector=")).map(({ uri }) => uri.split("?")[0]);
      const read = single.map((path = "") => path.replace(/\/namespaces\/[^/]+(?=\/)/, ""));
      const followed = KINDS.map(({ group, version, resource }) =>
        group === "" ? `/api/${version}/${resource}` : `/apis/${group}/${version}/${resource}`,
      );
      expect(read.filter((path) => !followed.includes(path))).toEqual([]);
      expect(read).toContain("/api/v1/pods");
    },
    STEP_MS,
  );
});
