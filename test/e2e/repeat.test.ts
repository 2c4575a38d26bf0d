import { beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { type Api, connect } from "./api.ts";
import { guardPlane } from "./guarded.ts";
import { inParallel } from "./in-parallel.ts";
import { apply, outcomeOf, snapshot, succeed } from "./kubectl.ts";
import { deployment, pod, policy } from "./objects.ts";
import { AND_OR } from "./shipped.ts";

/** The first of them by kubectl. */
const TIMES = 1000;
const AT_ONCE = 8;

/** A thousand requests take a few seconds on two idle cores. */
const STEP_MS = 600_000;

const DEFAULT_DENY = "require-default-deny/default-deny";
const PATH = "forbidden-path/db-not-from-frontend";

/** Lets everybody in prod out to everybody, so that no policy still to come could close the path that another opens. */
const outOfProd = policy("prod", "out", {
  podSelector: {},
  policyTypes: ["Egress"],
  egress: [{ to: [{ namespaceSelector: {} }] }],
});
const intruder = { tier: "frontend", role: "backend" };
const fromFrontend = policy("data", "open", {
  podSelector: { matchLabels: { role: "db" } },
  ingress: [
    { from: [{ namespaceSelector: { matchLabels: { name: "prod" } }, podSelector: { matchLabels: intruder } }] },
    {
      from: [
        { namespaceSelector: { matchLabels: { name: "prod" } }, podSelector: { matchLabels: { tier: "frontend" } } },
      ],
    },
  ],
});

interface Denied {
  readonly what: string;
  readonly rule: string;
  /** As kubectl asks. */
  readonly args: readonly string[];
  /** The same without kubectl. */
  readonly request: readonly [method: string, path: string];
  readonly object?: object;
}

const APPLY = ["apply", "-f", "-"];
const DENIED: readonly Denied[] = [
  {
    what: "a policy",
    rule: PATH,
    args: APPLY,
    request: ["POST", "/apis/networking.k8s.io/v1/namespaces/data/networkpolicies"],
    object: fromFrontend,
  },
  {
    what: "a pod",
    rule: PATH,
    args: APPLY,
    request: ["POST", "/api/v1/namespaces/prod/pods"],
    object: pod("prod", "intruder", intruder),
  },
  {
    what: "a Deployment",
    rule: PATH,
    args: APPLY,
    request: ["POST", "/apis/apps/v1/namespaces/prod/deployments"],
    object: deployment("prod", "intruder", intruder),
  },
  {
    what: "the deletion of a default-deny",
    rule: DEFAULT_DENY,
    args: ["delete", "networkpolicy", "default-deny", "-n", "data"],
    request: ["DELETE", "/apis/networking.k8s.io/v1/namespaces/data/networkpolicies/default-deny"],
  },
];

describeControlPlane("what was refused", {}, () => {
  let plane: ControlPlane;
  let api: Api;

  beforeAll(async () => {
    plane = await startControlPlane();
    const stop = await guardPlane(plane, `${AND_OR}/config.yaml`);
    await succeed(plane, ["apply", "-f", `${AND_OR}/good`]);
    await apply(plane, outOfProd);
    api = await connect(plane);
    return async () => {
      api.close();
      await stop();
    };
  }, BUILD_AND_START_MS);

  it.each(DENIED)(
    "is refused however often it comes again: $what",
    async ({ rule, args, request: [method, path], object }) => {
      const before = await snapshot(plane, "networkpolicies,pods,deployments", "-A");
      const first = await plane.kubectl(args, { input: JSON.stringify(object ?? {}) });
      expect(outcomeOf(first)).toEqual({ code: 1, rules: [rule] });
      const answers = new Map<string, number>();
      await inParallel(TIMES - 1, AT_ONCE, async () => {
        const { code, body } = await api.send(method, path, object);
        const answer = `${String(code)} ${/\[(.+?)\]/.exec(body.message ?? "")?.[1] ?? ""}`;
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      });
      expect(Object.fromEntries(answers)).toEqual({ [`403 ${rule}`]: TIMES - 1 });
      expect(await snapshot(plane, "networkpolicies,pods,deployments", "-A")).toBe(before);
    },
    STEP_MS,
  );
});
