import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadKubeConfig } from "../../../src/cluster/kube-config.ts";
import { watchedSource } from "../../../src/cluster/watched-source.ts";
import type { StateSource } from "../../../src/guard/state-source.ts";
import type { Verdict } from "../../../src/guard/verdict.ts";
import { GuardError } from "../../../src/model/errors.ts";
import { changeOf } from "../guard/requests.ts";

const PODS = "/api/v1/pods";
const POLICIES = "/apis/networking.k8s.io/v1/networkpolicies";
const soon = { timeout: 10_000, interval: 10 };

const pod = (name: string, resourceVersion: string, labels: object = {}): object => ({
  metadata: { namespace: "shop", name, resourceVersion, labels },
});
const policy = (name: string, resourceVersion: string, spec: object): object => ({
  metadata: { namespace: "shop", name, resourceVersion },
  spec,
});
const POD = "{ apiVersion: v1, kind: Pod, metadata: { namespace: shop, name: admitted } }";
const DENY =
  "{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { namespace: shop, name: deny }, spec: {} }";
const ref = (name: string, kind = "Pod") => ({ kind, namespace: "shop", name });

let folder = "";
let server: Server;
let source: StateSource | undefined;
/** What lists hold by path (and name, where one is asked for), or the status they are refused with; and the watches that are open. */
let lists: Record<string, readonly object[] | number>;
let watches: Map<string, ServerResponse>;
/** Answers what is served beside: at once, or when a test does. */
let answerGroups: (response: ServerResponse) => void;
/** The version of lists, and what happens before a list of one object is answered. */
let version: string;
let delayed: () => Promise<void>;

const kubeconfig = async (url: string, currentContext = "fake"): Promise<string> => {
  const file = join(folder, "kubeconfig");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "fake", cluster: { server: url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "guard", user: { token: "hush" } }],
    contexts: [{ name: "fake", context: { cluster: "fake", user: "guard" } }],
    "current-context": currentContext,
  };
  await writeFile(file, JSON.stringify(config));
  return file;
};

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const follow = async (): Promise<StateSource> => {
  source = watchedSource({
    config: loadKubeConfig({ kubeconfig: await kubeconfig(url()), environment: {} }),
    log: pino({ level: "silent" }),
  });
  return source;
};

const send = (path: string, type: string, object: object, kind = "Pod", apiVersion = "v1"): void => {
  watches.get(path)?.write(`${JSON.stringify({ type, object: { apiVersion, kind, ...object } })}\n`);
};

const sendGroups = (response: ServerResponse, ...groups: readonly object[]): void => {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ apiVersion: "v1", kind: "APIGroupList", groups }));
};

beforeEach(async () => {
  answerGroups = sendGroups;
  folder = await mkdtemp(join(tmpdir(), "netpol-guard-source-"));
  lists = {};
  watches = new Map();
  version = "100";
  delayed = () => Promise.resolve();
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://fake.invalid");
    if (pathname === "/apis") {
      answerGroups(response);
      return;
    }
    const selector = searchParams.get("fieldSelector")?.replace("metadata.name=", " ") ?? "";
    const list = lists[pathname + selector] ?? [];
    if (searchParams.has("watch")) {
      response.writeHead(200, { "content-type": "application/json" });
      response.flushHeaders();
      watches.set(pathname, response);
      return;
    }
    const [status, body] =
      typeof list === "number"
        ? [list, { apiVersion: "v1", kind: "Status", status: "Failure", message: `refused with ${list}`, code: list }]
        : [
            200,
            {
              apiVersion: pathname === POLICIES ? "networking.k8s.io/v1" : "v1",
              kind: pathname === POLICIES ? "NetworkPolicyList" : pathname.endsWith("/pods") ? "PodList" : "OtherList",
              metadata: { resourceVersion: version },
              items: list,
            },
          ];
    const answer = (): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    if (selector === "") answer();
    else void delayed().then(answer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  await source?.stop();
  source = undefined;
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

describe("a cluster that is watched", () => {
  it("is not ready before its first lists, and says what is missing", async () => {
    const followed = await follow();
    expect(followed.notReady()).toContain(PODS);
    await followed.firstSync();
    expect(followed.notReady()).toBeUndefined();
  });

  it("has what was listed, and follows what happens", async () => {
    lists[PODS] = [pod("a", "10", { app: "a" }), pod("b", "11")];
    const followed = await follow();
    await followed.firstSync();
    expect([...followed.index.endpoints()].map((endpoint) => endpoint.ref.name).sort()).toEqual(["a", "b"]);
    await expect.poll(() => watches.has(PODS), soon).toBe(true);
    send(PODS, "ADDED", pod("c", "101"));
    send(PODS, "MODIFIED", pod("a", "102", { app: "z" }));
    send(PODS, "DELETED", pod("b", "103"));
    await expect
      .poll(() => [...followed.index.endpoints()].map((endpoint) => endpoint.ref.name).sort(), soon)
      .toEqual(["a", "c"]);
    expect(followed.index.endpoint(ref("a"))?.labels).toEqual(new Map([["app", "z"]]));
  });

  it("keeps a policy that it cannot understand as one that leaves answers open", async () => {
    lists[POLICIES] = [policy("odd", "10", { ingress: [{ ports: [{ protocol: "QUIC" }] }] }), policy("deny", "11", {})];
    const followed = await follow();
    await followed.firstSync();
    expect(followed.index.policyCount).toBe(2);
    expect(followed.index.policy(ref("odd", "NetworkPolicy"))?.problems).toEqual([
      'spec.ingress[0].ports[0].protocol: expected TCP, UDP or SCTP, found "QUIC"',
    ]);
  });
});

describe("policies that are not judged", () => {
  it("are looked for before anything is judged, and named", async () => {
    const asked = Promise.withResolvers<ServerResponse>();
    answerGroups = asked.resolve;
    const followed = await follow();
    const response = await asked.promise;
    await expect.poll(() => followed.notReady(), soon).toBe("policies of other languages have not been looked for yet");
    lists["/apis/cilium.io/v2"] = 503;
    sendGroups(response, { name: "cilium.io", versions: [{ groupVersion: "cilium.io/v2" }] });
    await followed.firstSync();
    expect(followed.notReady()).toBeUndefined();
    expect(followed.unsupported().map(({ name }) => name)).toEqual(["Cilium"]);
  });

  it("are none where nobody serves them", async () => {
    const followed = await follow();
    await followed.firstSync();
    expect(followed.unsupported()).toEqual([]);
  });
});

describe("what is admitted", () => {
  it("counts at once, and is gone with the event that says so", async () => {
    const followed = await follow();
    await followed.firstSync();
    await expect.poll(() => watches.has(PODS), soon).toBe(true);
    followed.admitted(changeOf(POD), undefined);
    expect(followed.index.endpoint(ref("admitted"))).toBeDefined();
    send(PODS, "ADDED", pod("admitted", "101"));
    send(PODS, "DELETED", pod("admitted", "102"));
    await expect.poll(() => followed.index.endpoint(ref("admitted")), soon).toBeUndefined();
  });

  it("counts for nothing on a dry run", async () => {
    const followed = await follow();
    await followed.firstSync();
    followed.admitted(changeOf(POD, { dryRun: true }), undefined);
    expect(followed.index.endpoint(ref("admitted"))).toBeUndefined();
  });

  it("takes a policy out that is deleted", async () => {
    lists[POLICIES] = [policy("deny", "10", {})];
    const followed = await follow();
    await followed.firstSync();
    followed.admitted(changeOf(DENY, { operation: "DELETE" }), "10");
    expect(followed.index.policyCount).toBe(0);
  });

  it("leaves a pod in that is deleted: it has its grace period", async () => {
    lists[PODS] = [pod("admitted", "10")];
    const followed = await follow();
    await followed.firstSync();
    followed.admitted(changeOf(POD, { operation: "DELETE" }), "10");
    expect(followed.index.endpoint(ref("admitted"))).toBeDefined();
  });
});

describe("an answer that rests on what may never have been stored", () => {
  const allowed: Verdict = { kind: "allow", findings: [] };
  const undecided: Verdict = { kind: "undecided", cause: new GuardError("without it"), refused: true };
  const denied = (followed: StateSource) => (): Verdict => (followed.index.policyCount === 0 ? undecided : allowed);

  it("is the answer without it, where that refuses", async () => {
    const followed = await follow();
    await followed.firstSync();
    followed.admitted(changeOf(DENY), undefined);
    expect(followed.judgeAll(denied(followed))).toBe(undecided);
    expect(followed.index.policyCount).toBe(1);
  });

  it("is the answer with it, where that refuses", async () => {
    const followed = await follow();
    await followed.firstSync();
    followed.admitted(changeOf(DENY), undefined);
    expect(followed.judgeAll(() => (followed.index.policyCount === 1 ? undecided : allowed))).toBe(undecided);
  });

  it("is no matter once it is stored", async () => {
    const followed = await follow();
    await followed.firstSync();
    await expect.poll(() => watches.has(POLICIES), soon).toBe(true);
    followed.admitted(changeOf(DENY), undefined);
    send(POLICIES, "ADDED", policy("deny", "101", {}), "NetworkPolicy", "networking.k8s.io/v1");
    await expect.poll(() => followed.shown(), soon).toBeUndefined();
    expect(followed.judgeAll(denied(followed))).toBe(allowed);
  });
});

describe("a cluster that cannot be watched", () => {
  const start = (kubeconfigFile: string): StateSource =>
    watchedSource({
      config: loadKubeConfig({ kubeconfig: kubeconfigFile, environment: {} }),
      log: pino({ level: "silent" }),
    });

  it("for want of a kubeconfig", () => {
    const missing = join(folder, "missing");
    expect(() => start(missing)).toThrow(
      new GuardError(`${missing}: expected a kubeconfig, found none that can be read`),
    );
  });

  it("for a kubeconfig that is none", async () => {
    const file = join(folder, "kubeconfig");
    await writeFile(file, "kind: [");
    expect(() => start(file)).toThrow(`${file}: expected a kubeconfig`);
  });

  it("for a context that names no cluster", async () => {
    const file = await kubeconfig(url(), "other");
    expect(() => start(file)).toThrow(`${file}: expected a current context with a cluster`);
  });
});

describe("a cluster that cannot be read yet", () => {
  it.each([401, 403, 404, 500])("for an answer of %i, is tried until it can, and says why", async (status) => {
    lists[POLICIES] = status;
    const followed = await follow();
    await expect.poll(() => followed.notReady(), soon).toContain(`refused with ${status}`);
    lists[POLICIES] = [];
    await followed.firstSync();
    expect(followed.notReady()).toBeUndefined();
  });

  it("for a server that is not there, says so, and ends when it is stopped", async () => {
    source = watchedSource({
      config: loadKubeConfig({ kubeconfig: await kubeconfig("http://127.0.0.1:1"), environment: {} }),
      log: pino({ level: "silent" }),
    });
    const first = source.firstSync();
    await expect.poll(() => source?.notReady(), soon).toContain("ECONNREFUSED");
    void source.stop();
    await expect(first).rejects.toThrow(GuardError);
  });
});

describe("an object that cannot be understood", () => {
  it("leaves everything open, by name, for as long as it is there", async () => {
    lists[PODS] = [pod("odd", "10", { app: 7 })];
    const followed = await follow();
    await followed.firstSync();
    expect(followed.notReady()).toBe(
      'an object of the cluster is not understood: Pod shop/odd: metadata.labels["app"]: expected a string, found number 7',
    );
    await expect.poll(() => watches.has(PODS), soon).toBe(true);
    send(PODS, "DELETED", pod("odd", "101", { app: 7 }));
    await expect.poll(() => followed.notReady(), soon).toBeUndefined();
  });
});

describe("the objects that an answer rests on", () => {
  const SHOP = "/api/v1/namespaces/shop/pods";
  const refs = (count: number) => Array.from({ length: count }, (_, at) => ref(`p${at}`));
  const followPods = async (): Promise<StateSource> => {
    lists[PODS] = [pod("p0", "10", { app: "a" }), pod("p1", "11")];
    const followed = await follow();
    await followed.firstSync();
    await expect.poll(() => watches.has(PODS), soon).toBe(true);
    lists[`${SHOP} p0`] = [pod("p0", "10", { app: "a" })];
    lists[`${SHOP} p1`] = [pod("p1", "11")];
    return followed;
  };

  it("are the same where nothing has changed", async () => {
    const followed = await followPods();
    await expect(followed.confirm(refs(2), 10_000)).resolves.toBe(false);
    await expect(followed.confirm([], 10_000)).resolves.toBe(false);
  });

  it("are taken over where one has changed or is gone", async () => {
    const followed = await followPods();
    version = "120";
    lists[`${SHOP} p0`] = [pod("p0", "120", { app: "b" })];
    await expect(followed.confirm(refs(2), 10_000)).resolves.toBe(true);
    expect(followed.index.endpoint(ref("p0"))?.labels).toEqual(new Map([["app", "b"]]));
    version = "130";
    lists[`${SHOP} p1`] = [];
    await expect(followed.confirm(refs(2), 10_000)).resolves.toBe(true);
    expect(followed.index.endpoint(ref("p1"))).toBeUndefined();
  });

  it("have changed too where the watch showed it meanwhile", async () => {
    const followed = await followPods();
    delayed = async () => {
      send(PODS, "MODIFIED", pod("p0", "101", { app: "b" }));
      await expect.poll(() => followed.index.endpoint(ref("p0"))?.labels.get("app"), soon).toBe("b");
    };
    await expect(followed.confirm(refs(1), 10_000)).resolves.toBe(true);
  });

  it.each([403, 500])("are not confirmed for an answer of %i", async (status) => {
    const followed = await followPods();
    lists[`${SHOP} p1`] = status;
    await expect(followed.confirm(refs(2), 10_000)).rejects.toThrow(`refused with ${status}`);
  });

  it("are not confirmed where they are too many, of a kind that is not followed, or in no time", async () => {
    const followed = await followPods();
    await expect(followed.confirm(refs(65), 10_000)).rejects.toThrow("rests on 65 objects, and no more than 64");
    await expect(followed.confirm([ref("web", "Secret")], 10_000)).rejects.toThrow("Secret shop/web cannot be read");
    await expect(followed.confirm(refs(2), 0)).rejects.toThrow("were not read again within 0 ms");
    for (const failure of [followed.confirm(refs(65), 1), followed.confirm(refs(2), 0)])
      await expect(failure).rejects.toThrow(GuardError);
  });

  it("are not confirmed by an answer about others", async () => {
    const followed = await followPods();
    lists[`${SHOP} p0`] = [pod("p1", "11")];
    await expect(followed.confirm(refs(1), 10_000)).rejects.toThrow("expected Pod shop/p0 alone, found Pod shop/p1");
  });
});

describe("a state that is to be up to date", () => {
  it("is at once where the API server has nothing newer", async () => {
    const followed = await follow();
    await followed.firstSync();
    await followed.caughtUp(10_000);
  });

  it("is once a second look has shown what is newer", async () => {
    const followed = await follow();
    await followed.firstSync();
    await expect.poll(() => watches.size, soon).toBe(10);
    watches.clear();
    version = "120";
    const caughtUp = followed.caughtUp(10_000);
    await expect.poll(() => watches.size, soon).toBe(10);
    send(PODS, "ADDED", pod("late", "115"));
    for (const path of watches.keys()) send(path, "BOOKMARK", { metadata: { resourceVersion: "120" } });
    await caughtUp;
    expect(followed.index.endpoint(ref("late"))).toBeDefined();
  });

  it("is not in time where nothing shows it", async () => {
    const followed = await follow();
    await followed.firstSync();
    version = "120";
    await expect(followed.caughtUp(200)).rejects.toThrow("not seen to be up to date within 200 ms");
  });
});
