import { beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { type Api, connect } from "./api.ts";
import { guardPlane } from "./guarded.ts";
import { apply, outcomeOf, succeed } from "./kubectl.ts";
import { pod, policy } from "./objects.ts";
import { AND_OR } from "./shipped.ts";

const STEP_MS = 120_000;

const PATH = "forbidden-path/db-not-from-frontend";

/** etcd takes 1.5 MiB in one write; some of it is for all else that a pod has. */
const MOST_BYTES = 1.5 * 1024 * 1024 - 8 * 1024;

/** The API server writes this character into a review as six. */
const ESCAPED = "<";

/** Lets everybody in prod out to everybody, so that no policy still to come could close the path that another opens. */
const outOfProd = policy("prod", "out", {
  podSelector: {},
  policyTypes: ["Egress"],
  egress: [{ to: [{ namespaceSelector: {} }] }],
});

describeControlPlane("a pod as large as etcd takes one, each character of it escaped in a review", {}, () => {
  let plane: ControlPlane;
  let api: Api;
  /** Asks for it without kubectl, which escapes what it sends as well: more than the API server takes. */
  const create = async (name: string, labels: Readonly<Record<string, string>>): Promise<string> => {
    const containers = [{ name: "main", image: "registry.k8s.io/pause:3.10", args: [ESCAPED.repeat(MOST_BYTES)] }];
    const object = { ...pod("prod", name, labels), spec: { containers } };
    const { code, body } = await api.send("POST", "/api/v1/namespaces/prod/pods", object);
    return `${String(code)} ${/\[(.+?)\]/.exec(body.message ?? "")?.[1] ?? ""}`;
  };

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

  it(
    "is judged when it is created, and when it is relabelled, though the review has both forms of it",
    async () => {
      expect(await create("evil", { tier: "frontend", role: "backend" })).toBe(`403 ${PATH}`);
      expect(await create("large", { tier: "frontend" })).toBe("201 ");
      const label = ["label", "pod", "large", "-n", "prod"];
      expect(outcomeOf(await plane.kubectl([...label, "role=backend"]))).toEqual({ code: 1, rules: [PATH] });
      expect(await plane.kubectl([...label, "note=mine"])).toMatchObject({ code: 0, stderr: "" });
    },
    STEP_MS,
  );
});
