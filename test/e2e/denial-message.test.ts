import { beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { guardPlane } from "./guarded.ts";
import { apply, succeed } from "./kubectl.ts";
import { namespace, pod, policy } from "./objects.ts";
import { THREE_NAMESPACES } from "./shipped.ts";

const STEP_MS = 120_000;

/** What kubectl says before the guard's own words. */
const REFUSED = `Error from server (Forbidden): error when creating "STDIN": admission webhook "policies.netpol-guard.io" denied the request: `;

const fromFrontend = { namespaceSelector: { matchLabels: { tier: "frontend" } } };
const toDatabase = {
  namespaceSelector: { matchLabels: { tier: "database" } },
  podSelector: { matchLabels: { role: "db" } },
};
const mysql = [{ protocol: "TCP", port: 3306 }];

describeControlPlane("what kubectl prints of a refusal", {}, () => {
  let plane: ControlPlane;
  const refused = async (object: object): Promise<readonly string[]> => {
    const { code, stdout, stderr } = await plane.kubectl(["apply", "-f", "-"], { input: JSON.stringify(object) });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    return stderr.split("\n");
  };

  beforeAll(async () => {
    plane = await startControlPlane();
    const stop = await guardPlane(plane, `${THREE_NAMESPACES}/config.yaml`);
    await succeed(plane, ["apply", "-f", `${THREE_NAMESPACES}/good`]);
    return stop;
  }, BUILD_AND_START_MS);

  it(
    "names both ends, the port and the two rules of a path",
    async () => {
      const out = { podSelector: {}, egress: [{ to: [toDatabase], ports: mysql }], policyTypes: ["Egress"] };
      await apply(plane, policy("frontend-tier", "web-out", out));
      const backend = { namespaceSelector: { matchLabels: { tier: "backend" } } };
      const openDatabase = policy("database-tier", "open-db", {
        podSelector: { matchLabels: { role: "db" } },
        ingress: [{ from: [backend, fromFrontend], ports: mysql }],
      });
      expect(await refused(openDatabase)).toEqual([
        REFUSED,
        "[forbidden-path/db-not-from-frontend] NetworkPolicy database-tier/open-db would let frontend-tier/frontend reach database-tier/db on TCP 3306",
        "  egress: frontend-tier/NetworkPolicy/web-out, spec.egress[0].to[0]   ingress: database-tier/NetworkPolicy/open-db, spec.ingress[0].from[1]",
        "  fix: narrow database-tier/NetworkPolicy/open-db, spec.ingress[0].from[1] so that it leaves frontend-tier/frontend out",
        "  docs: docs/rules/forbidden-path.md",
        "",
      ]);
    },
    STEP_MS,
  );

  it(
    "names what is open and by which block",
    async () => {
      const everything = policy("frontend-tier", "everything", {
        podSelector: { matchLabels: { app: "frontend" } },
        ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ protocol: "TCP", port: 8443 }] }],
      });
      expect(await refused(everything)).toEqual([
        REFUSED,
        "[restrict-ip-blocks/no-open-ingress] NetworkPolicy frontend-tier/everything would open the pods it selects to 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 on TCP 8443",
        "  by NetworkPolicy frontend-tier/everything, spec.ingress[0].from[0].ipBlock",
        "  fix: leave 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7 out, with an except in every block that covers it",
        "  docs: docs/rules/restrict-ip-blocks.md",
        "",
      ]);
    },
    STEP_MS,
  );

  it(
    "names the namespace and what would isolate its pods, all findings in one message",
    async () => {
      await apply(plane, namespace("bare", { tier: "frontend" }));
      expect(await refused(pod("bare", "web"))).toEqual([
        REFUSED.replace("policies", "pods"),
        "[require-default-deny/default-deny] Pod bare/web would run in namespace bare, which has no default-deny for ingress",
        "  no policy isolates a pod with no label for ingress",
        "  fix: keep a NetworkPolicy in bare with podSelector {} and policyTypes [Ingress]",
        "  docs: docs/rules/require-default-deny.md",
        "[require-default-deny/default-deny] Pod bare/web would run in namespace bare, which has no default-deny for egress",
        "  no policy isolates a pod with no label for egress",
        "  fix: keep a NetworkPolicy in bare with podSelector {} and policyTypes [Egress]",
        "  docs: docs/rules/require-default-deny.md",
        "",
      ]);
    },
    STEP_MS,
  );

  it(
    "blames only the policy that lets everybody through, not the default-deny beside it",
    async () => {
      const allowAll = policy("backend-tier", "allow-all", { podSelector: {}, egress: [{}], policyTypes: ["Egress"] });
      const lines = await refused(allowAll);
      expect(lines).toContain("  NetworkPolicy backend-tier/allow-all let everybody out of every pod of backend-tier");
    },
    STEP_MS,
  );
});
