import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BAD_POD, DATABASE, GOOD_POD, PATH_RULE, pod, requestFor, responseOf, reviewFor, UID } from "./reviews.ts";
import { startGuard, type RunningGuard } from "./running-guard.ts";

const MIB = 1024 * 1024;

let guard: RunningGuard;

beforeAll(async () => {
  guard = await startGuard();
});
afterAll(() => guard.close());
beforeEach(() => {
  guard.set({ configuration: PATH_RULE, state: DATABASE });
});

/** After whatever came before, the next request is served. */
const expectServed = async (): Promise<void> => {
  expect(responseOf(await guard.send(reviewFor())).allowed).toBe(false);
};

describe("a body", () => {
  it.each([
    "application/json",
    "application/json; charset=utf-8",
    "application/vnd.kubernetes.protobuf",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "x",
    "",
    undefined,
  ])("of content type %s is judged", async (type) => {
    const headers = type === undefined ? {} : { "content-type": type };
    expect(responseOf(await guard.send(reviewFor(), { headers })).allowed).toBe(false);
  });

  it("that comes in chunks is judged", async () => {
    const headers = { "content-type": "application/json", "transfer-encoding": "chunked" };
    expect(responseOf(await guard.send(reviewFor(), { headers })).allowed).toBe(false);
  });

  it("of 3 MiB is judged", async () => {
    const object = pod({ app: "frontend" }, { annotations: { big: "x".repeat(3 * MIB) } });
    expect(responseOf(await guard.send(reviewFor({ object }))).allowed).toBe(false);
  });

  it("of two objects as large as etcd takes them, each character escaped, is judged", async () => {
    const object = pod({ app: "frontend" }, { annotations: { big: "<".repeat(1.5 * MIB) } });
    const body = reviewFor({ operation: "UPDATE", object, oldObject: object }).replaceAll("<", "\\u003c");
    expect(body.length).toBeGreaterThan(18 * MIB);
    expect(responseOf(await guard.send(body)).allowed).toBe(false);
  });

  it("with the same key 100,000 times is judged by the last", async () => {
    const body = reviewFor().replace('"uid":', `${'"dryRun":true,'.repeat(100_000)}"uid":`);
    expect(responseOf(await guard.send(body))).toMatchObject({ uid: UID, allowed: false });
  });

  it.each([
    ["that says its length", { "content-length": String(64 * MIB) }],
    ["that comes in chunks", { "transfer-encoding": "chunked" }],
  ])("of 64 MiB %s is refused with 413", async (_name, headers) => {
    // The server may hang up on a client that is still sending.
    const outcome = await guard.send(Buffer.alloc(64 * MIB, " "), { headers, agent: false }).then(
      ({ status }) => status,
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );
    expect([413, "EPIPE", "ECONNRESET"]).toContain(outcome);
    await expectServed();
  });

  it("that is said to be too long is refused with 413 before it comes", async () => {
    const reply = await guard.send("{}", { headers: { "content-length": String(64 * MIB) }, agent: false });
    expect(reply.status).toBe(413);
    expect(JSON.parse(reply.text)).toHaveProperty("error");
    await expectServed();
  });
});

describe("a key that objects inherit", () => {
  const text = (object: string): string => reviewFor({ object: "here" }).replace('"here"', object);

  it.each([
    ["__proto__ in the review", reviewFor().replace('"request":', '"__proto__": { "request": null }, "request":')],
    ["constructor in the review", reviewFor().replace('"request":', '"constructor": { "prototype": {} }, "request":')],
    ["__proto__ in the request", reviewFor().replace('"uid":', '"__proto__": { "dryRun": true }, "uid":')],
    ["__proto__ in the object", text(`{ "__proto__": { "spec": null }, ${JSON.stringify(BAD_POD).slice(1)}`)],
    [
      "__proto__ in annotations",
      text(
        JSON.stringify(pod({ app: "frontend" }, { annotations: {} })).replace(
          '"annotations":{}',
          '"annotations":{"__proto__":"x"}',
        ),
      ),
    ],
    ["__proto__ in labels", text(JSON.stringify(BAD_POD).replace('"app"', '"__proto__":"x","app"'))],
    [
      "constructor and its like in labels",
      text(JSON.stringify(BAD_POD).replace('"app"', '"constructor":"x","toString":"y","app"')),
    ],
  ])("%s is judged", async (_name, body) => {
    const response = responseOf(await guard.send(body));
    expect(response.uid).toBe(UID);
    expect(response.status?.message).toContain("would let shop/web reach shop/db");
  });

  it.each(["constructor", "toString", "hasOwnProperty", "valueOf"])("%s is a label like any other", async (key) => {
    const configuration = PATH_RULE.replace("app: frontend", `${key}: frontend`);
    guard.set({ configuration, state: DATABASE });
    expect(responseOf(await guard.send(reviewFor({ object: pod({ [key]: "frontend" }) }))).allowed).toBe(false);
    expect(responseOf(await guard.send(reviewFor({ object: GOOD_POD }))).allowed).toBe(true);
  });
});

describe("what is no AdmissionReview", () => {
  const review = (different: object): string =>
    JSON.stringify({ ...(JSON.parse(reviewFor()) as object), ...different });
  const policy = (spec: object): string =>
    reviewFor({
      kind: { group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy" },
      object: {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { namespace: "shop", name: "np" },
        spec,
      },
    });

  it.each([
    ["nothing", "", ""],
    ["no JSON", "kind: AdmissionReview", ""],
    ["half a review", reviewFor().slice(0, 100), ""],
    ["a list", "[]", ""],
    ["null", "null", ""],
    ["a text", '"review"', ""],
    ["an empty object", "{}", "apiVersion"],
    ["an older version", review({ apiVersion: "admission.k8s.io/v1beta1" }), "apiVersion"],
    ["another kind", review({ kind: "TokenReview" }), "kind"],
    ["a review of nothing", review({ request: undefined }), "request"],
    ["a request that is a list", review({ request: [] }), "request"],
    ["a request without uid", review({ request: requestFor({ uid: undefined }) }), "request.uid"],
    ["a uid that is a number", reviewFor({ uid: 7 }), "request.uid"],
    ["a request without a kind", reviewFor({ kind: null }), "request.kind"],
    ["a kind without a name", reviewFor({ kind: { group: "" } }), "request.kind.kind"],
    ["a request without an operation", reviewFor({ operation: null }), "request.operation"],
    ["an operation that is none", reviewFor({ operation: "PATCH" }), "request.operation"],
    ["a creation of nothing", reviewFor({ object: null }), "request.object"],
    ["an object that is a list", reviewFor({ object: [] }), "request.object"],
    ["a deletion of nothing", reviewFor({ operation: "DELETE", object: null, oldObject: null }), "request.oldObject"],
    ["an object of another namespace", reviewFor({ namespace: "stock" }), "request.namespace"],
    ["labels that are a list", reviewFor({ object: pod({}, { labels: [] }) }), "request.object"],
    ["a label that is a number", reviewFor({ object: pod({}, { labels: { app: 7 } }) }), "request.object"],
    ["an object without a name", reviewFor({ object: pod({}, { name: null }) }), "request.object"],
    ["a dryRun that is a text", reviewFor({ dryRun: "yes" }), "request.dryRun"],
    ["a user that is a list", reviewFor({ userInfo: [] }), "request.userInfo"],
    ["a policy with an empty peer", policy({ ingress: [{ from: [{}] }] }), "request.object"],
    ["a policy with a port of 0", policy({ ingress: [{ ports: [{ port: 0 }] }] }), "request.object"],
  ])("%s gets 400 and a JSON error that names the path", async (_name, body, path) => {
    const reply = await guard.send(body);
    expect(reply.status).toBe(400);
    expect(reply.headers["content-type"]).toMatch(/^application\/json/);
    const answer = JSON.parse(reply.text) as { readonly error: string; readonly path: string };
    expect(answer.path).toMatch(path === "" ? /^$/ : new RegExp(`^${path.replaceAll(".", String.raw`\.`)}`));
    expect(answer.error).toMatch(/expected/);
    expect(guard.admitted).toEqual([]);
    await expectServed();
  });

  it("says which field of the object is wrong", async () => {
    const reply = await guard.send(
      policy({ ingress: [{}, { from: [{ podSelector: { matchLabels: { app: [] } } }] }] }),
    );
    expect(reply.text).toContain('spec.ingress[1].from[0].podSelector.matchLabels[\\"app\\"]');
  });

  it("is no line of the error log: it is the sender's fault", async () => {
    await guard.send("{}");
    expect(guard.log).toEqual([]);
  });
});

describe("what is nested 100,000 deep", () => {
  const DEEP = "[".repeat(100_000) + "]".repeat(100_000);
  const DEEP_MAPPING = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
  const withDeep = (body: string, deep = DEEP): string => body.replace('"deep"', deep);

  it.each([
    ["the body", DEEP],
    ["the object", withDeep(reviewFor({ object: "deep" }))],
    ["the labels", withDeep(reviewFor({ object: pod({}, { labels: "deep" }) }))],
    ["a label", withDeep(reviewFor({ object: pod({ app: "deep" }) }))],
    ["a label, in mappings", withDeep(reviewFor({ object: pod({ app: "deep" }) }), DEEP_MAPPING)],
    ["the operation", withDeep(reviewFor({ operation: "deep" }))],
    [
      "a port of a policy",
      withDeep(
        reviewFor({
          kind: { group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy" },
          object: {
            apiVersion: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
            metadata: { namespace: "shop", name: "np" },
            spec: { ingress: [{ ports: [{ port: "deep" }] }] },
          },
        }),
      ),
    ],
  ])("as %s gets 400", async (_name, body) => {
    expect((await guard.send(body)).status).toBe(400);
    await expectServed();
  });

  it("is judged where nobody looks at it", async () => {
    const body = withDeep(reviewFor({ object: { ...BAD_POD, extra: "deep" } }));
    expect(responseOf(await guard.send(body)).allowed).toBe(false);
  });
});

describe("a policy of 10,000 parts", () => {
  const MANY = Array.from({ length: 10_000 }, (_, index) => index);
  const address = (index: number): string => `203.${index >> 8}.${index & 255}.0/24`;
  const kind = { group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy" };
  const policy = (spec: object): string =>
    reviewFor({
      kind,
      name: "big",
      object: {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { namespace: "shop", name: "big" },
        spec,
      },
    });
  const RULES = `
rules:
  - { name: default-deny, type: require-default-deny }
  - { name: open, type: restrict-ip-blocks, direction: Ingress, mustExclude: [10.0.0.0/8] }
  - name: path
    type: forbidden-path
    from: { podSelector: { matchLabels: { app: frontend } } }
    to: { podSelector: { matchLabels: { role: db } } }
  - { name: outside, type: forbidden-path, from: { cidr: 203.0.113.0/24 }, to: { podSelector: { matchLabels: { role: db } } } }
`;
  const DENY = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: shop, name: default-deny }
spec: { podSelector: {}, policyTypes: [Ingress] }`;
  const FRONTEND = "{ apiVersion: v1, kind: Pod, metadata: { namespace: shop, name: web, labels: { app: frontend } } }";

  const specs = [
    [
      "peers by label",
      {
        ingress: [
          { from: MANY.map((n) => ({ podSelector: { matchLabels: { app: n === 9_999 ? "frontend" : `x${n}` } } })) },
        ],
      },
    ],
    ["ipBlocks", { ingress: [{ from: MANY.map((n) => ({ ipBlock: { cidr: address(n) } })) }] }],
    [
      "excepts",
      {
        ingress: [{ from: [{ ipBlock: { cidr: "203.0.0.0/8", except: MANY.filter((n) => n !== 113).map(address) } }] }],
      },
    ],
    [
      "ports",
      {
        ingress: [
          {
            from: [{ podSelector: { matchLabels: { app: "frontend" } } }],
            ports: MANY.map((n) => ({ port: n * 2 + 1 })),
          },
        ],
      },
    ],
    [
      "rules, each with a port of its own",
      { ingress: MANY.map((n) => ({ from: [{ ipBlock: { cidr: address(n) } }], ports: [{ port: n + 1 }] })) },
    ],
    [
      "requirements on a peer",
      {
        ingress: [
          {
            from: [
              { podSelector: { matchExpressions: MANY.map((n) => ({ key: `k${n}`, operator: "DoesNotExist" })) } },
            ],
          },
        ],
      },
    ],
    [
      "values of a requirement",
      {
        ingress: [
          {
            from: [
              {
                podSelector: {
                  matchExpressions: [{ key: "app", operator: "In", values: ["frontend", ...MANY.map((n) => `v${n}`)] }],
                },
              },
            ],
          },
        ],
      },
    ],
    [
      "requirements that a pod must not meet",
      {
        podSelector: { matchExpressions: MANY.map((n) => ({ key: `k${n}`, operator: "DoesNotExist" })) },
        ingress: [{}],
      },
    ],
    [
      "requirements that a pod must meet",
      {
        podSelector: {
          matchExpressions: [...MANY.map((n) => ({ key: `k${n}`, operator: "NotIn", values: ["a", "b"] }))],
        },
        ingress: [{}],
      },
    ],
  ] as const;

  it.each(specs)(
    "%s is answered within the budget, and never allowed by accident",
    { timeout: 60_000 },
    async (_name, spec) => {
      guard.set({ configuration: RULES, state: [DATABASE, DENY, FRONTEND].join("\n---\n") });
      const before = process.cpuUsage();
      const response = responseOf(await guard.send(policy(spec), { path: "/validate?timeout=2s" }));
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1000).toBeLessThan(2000);
      expect(response.allowed).toBe(false);
      expect((await guard.send(undefined, { path: "/livez" })).status).toBe(200);
    },
  );
});
