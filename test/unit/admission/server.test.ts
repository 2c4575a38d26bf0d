import { networkInterfaces } from "node:os";
import { connect } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BAD_POD, DATABASE, GOOD_POD, PATH_RULE, pod, responseOf, reviewFor, UID } from "./reviews.ts";
import { startGuard, type RunningGuard } from "./running-guard.ts";

let guard: RunningGuard;

beforeAll(async () => {
  guard = await startGuard("0.0.0.0");
});
afterAll(() => guard.close());
beforeEach(() => {
  guard.set({ configuration: PATH_RULE, state: DATABASE });
});

const ask = async (different: object = {}) => responseOf(await guard.send(reviewFor(different)));

describe("the answer", () => {
  it.each([
    ["that allows", GOOD_POD, true],
    ["that refuses", BAD_POD, false],
  ])("%s echoes uid, apiVersion and kind", async (_name, object, allowed) => {
    const reply = await guard.send(reviewFor({ object }));
    expect(JSON.parse(reply.text)).toMatchObject({
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      response: { uid: UID, allowed },
    });
    expect(reply.headers["content-type"]).toMatch(/^application\/json/);
  });

  it("that allows without a word has nothing else", async () => {
    expect(await ask({ object: GOOD_POD })).toEqual({ uid: UID, allowed: true });
  });

  it("that refuses has 403, Forbidden, and a message that begins on a line of its own", async () => {
    const { status } = await ask();
    expect(status).toMatchObject({ code: 403, reason: "Forbidden" });
    expect(status?.message).toBe(
      [
        "",
        "[forbidden-path/db-not-from-frontend] Pod shop/web would let shop/web reach shop/db on every port",
        "  egress: no policy selects it   ingress: no policy selects it",
        "  fix: isolate shop for ingress (a default-deny policy) and allow only who must reach it",
        "  docs: docs/rules/forbidden-path.md",
      ].join("\n"),
    );
  });

  it("comes with audit annotations whose keys are valid", async () => {
    const { auditAnnotations = {} } = await ask();
    expect(auditAnnotations).toEqual({
      decision: "deny",
      findings: "deny forbidden-path/db-not-from-frontend",
    });
    for (const key of Object.keys(auditAnnotations))
      expect(key).toMatch(/^(?=.{1,63}$)[a-z0-9]([-a-z0-9_.]*[a-z0-9])?$/i);
  });

  it("that only audits has the annotation, and no warning", async () => {
    guard.set({ configuration: `mode: audit${PATH_RULE}`, state: DATABASE });
    expect(await ask()).toEqual({
      uid: UID,
      allowed: true,
      auditAnnotations: { decision: "allow", findings: "audit forbidden-path/db-not-from-frontend" },
    });
  });

  it("that warns has warnings", async () => {
    guard.set({ configuration: `mode: warn${PATH_RULE}`, state: DATABASE });
    const { allowed, warnings } = await ask();
    expect(allowed).toBe(true);
    expect(warnings).toEqual([
      "[forbidden-path/db-not-from-frontend] Pod shop/web would let shop/web reach shop/db on every port",
    ]);
  });

  it("that refuses can warn too", async () => {
    const relaxed = PATH_RULE.replace("db-not-from-frontend", "relaxed")
      .replace("rules:", "")
      .replace("- name", "- mode: warn\n    name");
    guard.set({ configuration: PATH_RULE + relaxed, state: DATABASE });
    const { allowed, status, warnings } = await ask();
    expect(allowed).toBe(false);
    expect(status?.message).not.toContain("relaxed");
    expect(warnings?.map((warning) => warning.split(" ")[0])).toEqual(["[forbidden-path/relaxed]"]);
  });
});

describe("an answer with many findings", () => {
  const RULES = Array.from(
    { length: 60 },
    (_, index) => `
  - name: a-rule-with-a-long-name-that-fills-the-line-${index}
    type: forbidden-path
    from: { podSelector: { matchLabels: { app: frontend } } }
    to: { podSelector: { matchLabels: { role: db } } }`,
  ).join("");

  it("words ten and counts the others", async () => {
    guard.set({ configuration: `rules:${RULES}`, state: DATABASE });
    const lines = (await ask()).status?.message.split("\n") ?? [];
    expect(lines.filter((line) => line.startsWith("["))).toHaveLength(10);
    expect(lines.at(-1)).toBe("+50 more");
  });

  it("warns within what the API server lets through", async () => {
    guard.set({
      configuration: `mode: warn\nrules:${RULES}`,
      state: DATABASE.replace("name: db", `name: ${"d".repeat(240)}`),
    });
    const { warnings = [] } = await ask();
    expect(warnings.length).toBeGreaterThan(5);
    expect(warnings.filter((warning) => [...warning].length > 256 || /\p{Cc}/u.test(warning))).toEqual([]);
    expect(warnings.reduce((sum, warning) => sum + [...warning].length, 0)).toBeLessThanOrEqual(4096);
    expect(warnings.at(-1)).toBe(`+${60 - warnings.length + 1} more`);
  });
});

describe("a request", () => {
  it("of a kind that is not judged is allowed", async () => {
    const kind = { group: "apps", version: "v1", kind: "Widget" };
    expect(await ask({ kind, object: { apiVersion: "apps/v1", kind: "Widget" } })).toEqual({ uid: UID, allowed: true });
  });

  it("of a kind of our name in another group is allowed", async () => {
    expect(await ask({ kind: { group: "example.com", version: "v1", kind: "Pod" } })).toMatchObject({ allowed: true });
  });

  it("to connect is allowed", async () => {
    const kind = { group: "", version: "v1", kind: "PodExecOptions" };
    expect(await ask({ operation: "CONNECT", kind, object: { kind: "PodExecOptions" } })).toMatchObject({
      allowed: true,
    });
  });

  it("to delete comes without an object", async () => {
    const policy = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: shop, name: deny }
spec: { podSelector: {}, policyTypes: [Ingress] }`;
    const web = "{ apiVersion: v1, kind: Pod, metadata: { namespace: shop, name: web, labels: { app: frontend } } }";
    guard.set({ configuration: PATH_RULE, state: [DATABASE, policy, web].join("\n---\n") });
    const response = await ask({
      operation: "DELETE",
      name: "deny",
      kind: { group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy" },
      object: null,
      oldObject: {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { namespace: "shop", name: "deny", resourceVersion: "7" },
        spec: { podSelector: {}, policyTypes: ["Ingress"] },
      },
    });
    expect(response.status?.message).toContain("deleting NetworkPolicy shop/deny would let shop/web reach shop/db");
  });

  it("for a name that is still to be generated is judged", async () => {
    const object = { ...BAD_POD, metadata: { generateName: "web-", namespace: "shop", labels: { app: "frontend" } } };
    expect((await ask({ name: "", object })).status?.message).toContain("Pod shop/web- would let");
  });

  it("whose object names no namespace is about that of the request", async () => {
    const object = { ...BAD_POD, metadata: { name: "web", labels: { app: "frontend" } } };
    expect((await ask({ object })).status?.message).toContain("Pod shop/web would let");
  });

  it("that updates a pod's status is about the pod's labels", async () => {
    const old = { apiVersion: "v1", kind: "Pod", metadata: { namespace: "shop", name: "web" } };
    guard.set({ configuration: PATH_RULE, state: [DATABASE, JSON.stringify(old)].join("\n---\n") });
    const response = await ask({ operation: "UPDATE", subResource: "status", oldObject: old });
    expect(response.status?.message).toContain("Pod shop/web would let");
  });

  it("that finalizes a namespace is about its labels", async () => {
    const configuration = PATH_RULE.replace(
      "podSelector: { matchLabels: { app: frontend } }",
      "namespaceSelector: { matchLabels: { tier: front } }",
    );
    const web = { apiVersion: "v1", kind: "Pod", metadata: { namespace: "web", name: "web" } };
    guard.set({ configuration, state: [DATABASE, JSON.stringify(web)].join("\n---\n") });
    const response = await ask({
      operation: "UPDATE",
      kind: { group: "", version: "v1", kind: "Namespace" },
      subResource: "finalize",
      name: "web",
      namespace: "web",
      object: { apiVersion: "v1", kind: "Namespace", metadata: { name: "web", labels: { tier: "front" } } },
      oldObject: { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } },
    });
    expect(response.status?.message).toContain("Namespace web would let web/web reach shop/db");
  });

  it.each([
    ["binds a pod and labels it", { app: "frontend" }, false],
    ["binds a pod and labels it with something harmless", { zone: "a" }, true],
  ])("that %s", async (_name, labels, allowed) => {
    const web = { apiVersion: "v1", kind: "Pod", metadata: { namespace: "shop", name: "web" } };
    guard.set({ configuration: PATH_RULE, state: [DATABASE, JSON.stringify(web)].join("\n---\n") });
    const response = await ask({
      kind: { group: "", version: "v1", kind: "Binding" },
      subResource: "binding",
      object: { apiVersion: "v1", kind: "Binding", metadata: { name: "web", labels }, target: { name: "node-1" } },
    });
    expect(response.allowed).toBe(allowed);
  });

  it("says who asks: the mirror pod of a kubelet is warned about", async () => {
    const object = {
      ...pod({ app: "frontend" }, { annotations: { "kubernetes.io/config.mirror": "1" } }),
      spec: { nodeName: "node-1" },
    };
    expect(await ask({ object })).toMatchObject({ allowed: false });
    const response = await ask({ object, userInfo: { username: "system:node:node-1", groups: ["system:nodes"] } });
    expect(response).toMatchObject({ allowed: true, warnings: [expect.stringContaining("would let")] });
  });

  it("on a dry run warns where a policy still to come could cure", async () => {
    expect(await ask({ dryRun: true })).toMatchObject({
      allowed: true,
      warnings: [expect.stringContaining("would let")],
    });
  });
});

describe("an answer on /audit", () => {
  const audit = async (different: object = {}) =>
    responseOf(await guard.send(reviewFor(different), { path: "/audit?timeout=10s" }));

  it("notes what would be refused, and refuses nothing", async () => {
    expect(await audit()).toEqual({
      uid: UID,
      allowed: true,
      auditAnnotations: { decision: "allow", findings: "audit forbidden-path/db-not-from-frontend" },
    });
  });

  it("lets pass what cannot be judged, with a word", async () => {
    guard.set({ configuration: PATH_RULE, state: DATABASE, notReady: "the state is not there" });
    expect(await audit()).toMatchObject({
      allowed: true,
      warnings: [expect.stringContaining("the state is not there")],
    });
  });

  it("leaves no trace in the state: its callers could plant what breaks a rule", async () => {
    await audit();
    await audit({ object: GOOD_POD });
    expect(guard.admitted).toEqual([]);
  });
});

describe("what was admitted", () => {
  const object = pod({ app: "backend" }, { resourceVersion: "8" });
  const names = (): readonly unknown[] =>
    guard.admitted.map(([change, replaces]) => [change.operation, change.ref.name, replaces]);

  it("is taken over", async () => {
    await ask({ object: GOOD_POD });
    expect(names()).toEqual([["CREATE", "web", undefined]]);
  });

  it("is taken over with the version that it replaces", async () => {
    await ask({ operation: "UPDATE", object, oldObject: pod({ app: "backend" }, { resourceVersion: "7" }) });
    expect(names()).toEqual([["UPDATE", "web", "7"]]);
  });

  it.each([
    ["on a dry run", { object: GOOD_POD, dryRun: true }],
    ["when it is refused", {}],
    ["without a name", { object: { ...GOOD_POD, metadata: { generateName: "web-", namespace: "shop" } }, name: "" }],
    ["of another kind", { kind: { group: "apps", version: "v1", kind: "Widget" } }],
  ])("is not taken over %s", async (_name, different) => {
    await ask(different);
    expect(names()).toEqual([]);
  });

  it("is taken over when it only warns", async () => {
    guard.set({ configuration: `mode: warn${PATH_RULE}`, state: DATABASE });
    await ask();
    expect(names()).toEqual([["CREATE", "web", undefined]]);
  });
});

describe("an undecided answer", () => {
  const NOT_READY = `the state is not complete yet: ${"a list failed with\n\u001b[31m".repeat(40)}`;
  const policy = {
    kind: { group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy" },
    name: "open",
    object: {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { namespace: "shop", name: "open" },
      spec: {},
    },
  };

  it("comes when the time that the API server gives is over", async () => {
    const reply = await guard.send(reviewFor(), { path: "/validate?timeout=500ms" });
    expect(responseOf(reply).status).toMatchObject({ code: 403, reason: "Forbidden" });
    expect(responseOf(reply).status?.message).toContain("[undecided] the time for this review was over");
  });

  it("does not come within that time", async () => {
    const reply = await guard.send(reviewFor(), { path: "/validate?timeout=10s" });
    expect(responseOf(reply).status?.message).toContain("[forbidden-path/db-not-from-frontend]");
  });

  it("comes in time when what was admitted before is not seen", { timeout: 10_000 }, async () => {
    guard.set({ configuration: PATH_RULE, state: DATABASE, shown: new Promise(() => undefined) });
    const reply = await guard.send(reviewFor(), { path: "/validate?timeout=1s" });
    expect(responseOf(reply).allowed).toBe(false);
  });

  it("comes when the state is not complete", async () => {
    guard.set({ configuration: PATH_RULE, state: DATABASE, notReady: "the first list is under way" });
    const response = await ask({ object: GOOD_POD });
    expect(response).toMatchObject({ allowed: false, status: { code: 403, reason: "Forbidden" } });
    expect(response.status?.message).toContain("the first list is under way");
    expect(response.auditAnnotations).toMatchObject({ decision: "undecided" });
    expect(guard.admitted).toEqual([]);
  });

  it("is a warning where onUndecided says so", async () => {
    guard.set({
      configuration: `onUndecided: warn${PATH_RULE}`,
      state: DATABASE,
      notReady: "the first list is under way",
    });
    const response = await ask();
    expect(response).toMatchObject({ allowed: true, auditAnnotations: { decision: "undecided" } });
    expect(response.warnings).toEqual([expect.stringContaining("the first list is under way")]);
  });

  it("is a warning that the API server lets through", async () => {
    guard.set({ configuration: `onUndecided: warn${PATH_RULE}`, state: DATABASE, notReady: NOT_READY });
    const { warnings = [] } = await ask();
    expect(warnings).toHaveLength(1);
    expect(warnings.filter((warning) => [...warning].length > 256 || /\p{Cc}/u.test(warning))).toEqual([]);
  });

  it("keeps a terminal as it is", async () => {
    guard.set({ configuration: PATH_RULE, state: DATABASE, notReady: NOT_READY });
    expect((await ask()).status?.message.trim()).not.toMatch(/\p{Cc}/u);
  });

  it.each([
    ["in an exempt namespace", `exemptNamespaces: [shop]${PATH_RULE}`, {}],
    [
      "of an exempt namespace itself",
      `exemptNamespaces: [shop]${PATH_RULE}`,
      {
        kind: { group: "", version: "v1", kind: "Namespace" },
        name: "shop",
        object: { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
      },
    ],
    ["of a kind that is not judged", PATH_RULE, { kind: { group: "apps", version: "v1", kind: "Widget" } }],
    ["that ends a pod", PATH_RULE, { operation: "DELETE", object: null, oldObject: BAD_POD }],
    [
      "of a kubelet for a mirror pod",
      PATH_RULE,
      {
        object: { ...pod({}, { annotations: { "kubernetes.io/config.mirror": "1" } }), spec: { nodeName: "node-1" } },
        userInfo: { username: "system:node:node-1", groups: ["system:nodes"] },
      },
    ],
    ["where no rule enforces", `mode: audit${PATH_RULE}`, {}],
    ["where no rule enforces in this namespace", `namespaceModes: { shop: warn }${PATH_RULE}`, policy],
  ])("does not refuse a request %s", async (_name, configuration, different) => {
    guard.set({ configuration, state: DATABASE, notReady: "the first list is under way" });
    expect(await ask(different)).toMatchObject({ allowed: true });
  });
});

describe("the connection", () => {
  it("lives longer than the API server keeps it idle, and no header or request takes for ever", () => {
    const { keepAliveTimeout, headersTimeout, requestTimeout } = guard.app.server;
    expect(keepAliveTimeout).toBeGreaterThanOrEqual(95_000);
    expect(headersTimeout).toBeGreaterThan(keepAliveTimeout);
    expect(requestTimeout).toBeGreaterThan(0);
  });

  it("is HTTP/1.1, told so, and kept", async () => {
    const { httpVersion, headers } = await guard.send(reviewFor());
    expect(httpVersion).toBe("1.1");
    expect(headers["connection"]).toBe("keep-alive");
    expect(Number(/timeout=([0-9]+)/.exec(String(headers["keep-alive"]))?.[1])).toBeGreaterThanOrEqual(95);
  });

  it("does not become HTTP/2 when a client offers that first", async () => {
    const protocol = await new Promise((resolve, reject) => {
      const socket = connect(
        {
          port: guard.port,
          host: "127.0.0.1",
          servername: "localhost",
          ca: guard.certificates.ca,
          ALPNProtocols: ["h2", "http/1.1"],
        },
        () => {
          resolve(socket.alpnProtocol);
          socket.end();
        },
      );
      socket.on("error", reject);
    });
    expect(protocol).toBe("http/1.1");
  });

  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === "IPv4" && !address.internal);
  it.skipIf(outside === undefined)("is served on an address that is not loopback", async () => {
    const reply = await guard.send(reviewFor(), { host: outside?.address });
    expect(responseOf(reply).allowed).toBe(false);
  });
});

describe("the paths", () => {
  it.each(["/livez", "/readyz"])("%s says ok", async (path) => {
    expect(await guard.send(undefined, { path })).toMatchObject({ status: 200, text: "ok" });
  });

  it("/readyz says what is missing, and /livez stays ok", async () => {
    guard.set({ configuration: PATH_RULE, state: DATABASE, notReady: "no list of pods yet" });
    expect(await guard.send(undefined, { path: "/readyz" })).toMatchObject({
      status: 503,
      text: "no list of pods yet",
    });
    expect(await guard.send(undefined, { path: "/livez" })).toMatchObject({ status: 200, text: "ok" });
  });

  it.each([
    ["GET", "/validate"],
    ["POST", "/"],
    ["POST", "/readyz"],
  ])("%s %s is none", async (method, path) => {
    expect((await guard.send(method === "GET" ? undefined : "{}", { path, method })).status).toBe(404);
  });
});

describe("the log", () => {
  it("has a line for a refusal, of codes and names and nothing else of the object", async () => {
    await ask({ object: pod({ app: "frontend", secret: "hush" }) });
    expect(guard.log).toHaveLength(1);
    expect(JSON.parse(guard.log[0] ?? "")).toMatchObject({
      uid: UID,
      decision: "deny",
      findings: "deny forbidden-path/db-not-from-frontend",
      object: "Pod shop/web",
      operation: "CREATE",
    });
    expect(guard.log[0]).not.toContain("hush");
  });

  it("has what was asked for, where another version of it is judged", async () => {
    await ask({ requestKind: { group: "example.com", version: "v1beta1", kind: "Pod" } });
    await ask();
    const asked = guard.log.map((line) => (JSON.parse(line) as { readonly requestKind?: string }).requestKind);
    expect(asked).toEqual(["example.com/v1beta1/Pod", undefined]);
  });

  it("has none for what is allowed without a word", async () => {
    await ask({ object: GOOD_POD });
    expect(guard.log).toEqual([]);
  });

  it("holds no line break of what it was sent", async () => {
    await ask({ object: pod({ app: "frontend" }, { name: 'web\n{"level":60}' }) });
    expect(guard.log.map((line) => line.trimEnd().split("\n").length)).toEqual([1]);
  });
});
