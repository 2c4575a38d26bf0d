import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { indexOf } from "../../../src/cluster/fixed-source.ts";
import { compileManifests, manifestsIn, readManifests } from "../../../src/cluster/manifest-files.ts";
import type { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import { answerProbe } from "../../../src/engine/probe.ts";
import { CONFIGURATION, GUARD_NAMESPACE } from "../../../src/guard/installation.ts";
import { GOLDEN, rightsOf } from "./rights.ts";

// What is installed with the guard: what its pods may do, who reaches them, and what its account may read and write.

const BASE = resolve(import.meta.dirname, "../../../manifests/base");

const read = (file: string): readonly unknown[] =>
  parseAllDocuments(readFileSync(`${BASE}/${file}`, "utf8")).map((document) => document.toJS() as unknown);

const deployment = z.object({
  spec: z.object({
    template: z.object({
      spec: z.looseObject({
        securityContext: z.looseObject({}),
        containers: z.array(z.looseObject({ args: z.array(z.string()), securityContext: z.looseObject({}) })).length(1),
        volumes: z.array(z.looseObject({ name: z.string() })),
      }),
    }),
  }),
});

describe("the guard's pods", () => {
  const { spec } = deployment.parse(read("deployment.yaml")[0]).spec.template;
  const [container] = spec.containers;

  it("run as nobody in particular, and can become nobody else", () => {
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    for (const field of ["hostNetwork", "hostPID", "hostIPC", "initContainers"]) expect(spec).not.toHaveProperty(field);
  });

  it("see the configuration and their own certificate, read-only, and no other Secret or folder", () => {
    expect(spec.volumes).toEqual([
      { name: "config", configMap: { name: CONFIGURATION.name } },
      { name: "tls", secret: { secretName: "netpol-guard-tls", defaultMode: 0o440 } },
    ]);
    expect(container?.["volumeMounts"]).toEqual([
      { name: "config", mountPath: "/etc/netpol-guard", readOnly: true },
      { name: "tls", mountPath: "/var/run/netpol-guard/tls", readOnly: true },
    ]);
    expect(container).not.toHaveProperty("env");
    expect(container).not.toHaveProperty("envFrom");
  });

  it("listen on every address of both families: the API server calls from elsewhere", () => {
    const { args = [] } = container ?? {};
    expect(args.slice(args.indexOf("--host"), args.indexOf("--host") + 4)).toEqual(["--host", "::", "--port", "9443"]);
    const metrics = args.indexOf("--metrics-host");
    expect(args.slice(metrics, metrics + 4)).toEqual(["--metrics-host", "::", "--metrics-port", "8080"]);
  });
});

describe("the guard's network policies", () => {
  const GUARD = `${GUARD_NAMESPACE}/guard`;
  const pod = (namespace: string, name: string, labels: string): string =>
    `{ apiVersion: v1, kind: Pod, metadata: { namespace: ${namespace}, name: ${name}, labels: { ${labels} } }, status: { podIP: 10.244.0.${String(name.length)} } }`;
  const PODS = [
    pod(GUARD_NAMESPACE, "guard", "app.kubernetes.io/name: netpol-guard"),
    pod(GUARD_NAMESPACE, "another", "app: other"),
    pod("shop", "stranger", "app: web"),
    pod("monitoring", "prometheus", "app.kubernetes.io/name: prometheus"),
    pod("kube-system", "dns", "k8s-app: kube-dns"),
    pod("kube-system", "proxy", "k8s-app: kube-proxy"),
  ].join("\n---\n");
  let index: ClusterIndex;

  beforeAll(async () => {
    index = indexOf(
      compileManifests([...(await Array.fromAsync(readManifests([BASE]))), ...manifestsIn(PODS, "pods")]),
    );
  });

  it.each([
    ["192.0.2.1", GUARD, "TCP", 9443, true],
    ["shop/stranger", GUARD, "TCP", 9443, true],
    ["shop/stranger", GUARD, "TCP", 9442, false],
    ["shop/stranger", GUARD, "UDP", 9443, false],
    ["shop/stranger", GUARD, "TCP", 8080, false],
    ["192.0.2.1", GUARD, "TCP", 8080, false],
    ["monitoring/prometheus", GUARD, "TCP", 8080, true],
    ["monitoring/prometheus", GUARD, "TCP", 8081, false],
    ["192.0.2.1", GUARD, "TCP", 22, false],
    ["shop/stranger", `${GUARD_NAMESPACE}/another`, "TCP", 9443, false],
    [GUARD, "192.0.2.1", "TCP", 443, true],
    [GUARD, "192.0.2.1", "TCP", 6443, true],
    [GUARD, "192.0.2.1", "TCP", 80, false],
    [GUARD, "192.0.2.1", "UDP", 443, false],
    [GUARD, "shop/stranger", "TCP", 8080, false],
    [GUARD, "kube-system/dns", "UDP", 53, true],
    [GUARD, "kube-system/dns", "TCP", 53, true],
    [GUARD, "kube-system/dns", "TCP", 9153, false],
    [GUARD, "kube-system/proxy", "UDP", 53, false],
    [GUARD, "192.0.2.1", "UDP", 53, false],
    [`${GUARD_NAMESPACE}/another`, "192.0.2.1", "TCP", 443, false],
  ])("from %s to %s on %s %i: %s", (from, to, protocol, port, allowed) => {
    expect(answerProbe(index, { from, to, protocol, port }).allowed).toBe(allowed);
  });
});

it("the guard's account has these rights and no others, and nobody else has them", () => {
  const bound = z.object({ kind: z.string(), subjects: z.array(z.unknown()).optional() });
  const account = [{ kind: "ServiceAccount", name: "netpol-guard", namespace: GUARD_NAMESPACE }];
  expect(read("rbac.yaml").map((document) => bound.parse(document))).toEqual([
    { kind: "ClusterRole" },
    { kind: "ClusterRoleBinding", subjects: account },
    { kind: "Role" },
    { kind: "RoleBinding", subjects: account },
  ]);
  const rights = rightsOf(read("rbac.yaml"));
  expect(rights.join("\n")).toBe(readFileSync(GOLDEN, "utf8").trimEnd());
});
