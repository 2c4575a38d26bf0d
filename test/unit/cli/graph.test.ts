import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./program.ts";

const pod = (name: string): string => `
apiVersion: v1
kind: Pod
metadata: { namespace: shop, name: ${name}, labels: { app: ${name} }, annotations: { note: "</script><b>" } }
`;
const POLICY = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: shop, name: db-in, annotations: { note: "</script><b>" } }
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{ podSelector: { matchLabels: { app: web } } }]
      ports: [{ port: 3306 }]
  egress: [{ to: [{ podSelector: { matchLabels: { app: db } } }] }]
`;
const config = (mode: string): string => `
apiVersion: netpol-guard.io/v1alpha1
kind: GuardConfiguration
rules:
  - name: db
    type: forbidden-path
    mode: ${mode}
    from: { podSelector: { matchLabels: { app: web } } }
    to: { podSelector: { matchLabels: { app: db } } }
  - { name: deny, type: require-default-deny, directions: [Ingress] }
`;

let folder = "";
const file = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "netpol-guard-graph-"));
  writeFileSync(file("shop.yaml"), [pod("web"), pod("db"), POLICY].join("---"));
  writeFileSync(file("on.yaml"), config("warn"));
  writeFileSync(file("off.yaml"), config('"off"'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const graph = (...args: readonly string[]) => run(["graph", "--state", file("shop.yaml"), ...args]);

describe("graph", () => {
  it("is a Mermaid flowchart, unless told otherwise", async () => {
    const { code, stdout, stderr } = await graph();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain('n1 -->|"TCP 3306"| n0\n');
  });

  it("marks the paths that a rule in force forbids, with the lines that let them pass", async () => {
    const forbidden = async (...args: readonly string[]) => {
      const { stdout } = await graph("-o", "json", ...args);
      const { edges } = JSON.parse(stdout);
      expect(edges).toHaveLength(1);
      return edges[0];
    };
    const { from, to, egress, ingress, forbidden: rules } = await forbidden("--config", file("on.yaml"));
    expect([from, to]).toEqual(["shop/Pod/web", "shop/Pod/db"]);
    expect(egress[0]).toMatchObject({ path: "spec.egress[0].to[0]", file: file("shop.yaml"), line: 19 });
    expect(ingress[0]).toMatchObject({ path: "spec.ingress[0].from[0]", file: file("shop.yaml"), line: 17 });
    expect(rules).toEqual([{ rule: "forbidden-path/db", ports: "TCP 3306" }]);
    expect((await forbidden("--config", file("off.yaml"))).forbidden).toEqual([]);
    expect((await forbidden()).forbidden).toEqual([]);
  });

  it("draws DOT", async () => {
    expect((await graph("-o", "dot")).stdout).toMatch(/^digraph netpol \{\n[^]*n1 -> n0 \[label="TCP 3306"\];\n\}\n$/);
  });

  it("is one page, to which annotations do not get", async () => {
    const { code, stdout, stderr } = await graph("-o", "html");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^<!doctype html>\n[^]*<\/html>\n$/);
    expect(stdout).not.toContain("<b>");
  });

  it("reads standard input", async () => {
    const { stdout } = await run(["graph", "--state", "-", "-o", "json"], POLICY);
    expect(JSON.parse(stdout)).toEqual({ nodes: [], edges: [] });
  });

  it("says on standard error which policies it leaves out, and where they are", async () => {
    const foreign = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: c }\n";
    const { code, stdout, stderr } = await run(["graph", "--state", "-", "-o", "json"], `${POLICY}---\n${foreign}`);
    expect({ code, graph: JSON.parse(stdout) }).toEqual({ code: 0, graph: { nodes: [], edges: [] } });
    expect(stderr).toBe(
      "netpol-guard: Cilium policies (CiliumNetworkPolicy) are in the cluster; not judged: CiliumNetworkPolicy.cilium.io in -:13\n",
    );
  });

  it.each([
    ["without a state", ["-o", "json"], /^error: required option '--state/],
    [
      "of a format that is none",
      ["--state", "-", "-o", "constructor"],
      /^netpol-guard: --output: expected one of .*, found constructor\n$/,
    ],
    ["of a state that is not there", ["--state", "/no/such"], /^netpol-guard: \/no\/such: expected a file or a folder/],
    [
      "under a configuration that is none",
      ["--state", "-", "--config", "/no/such"],
      /^netpol-guard: \/no\/such: expected a conf/,
    ],
  ])("ends with 2 and one clear line %s", async (_name, args, expected) => {
    const { code, stdout, stderr } = await run(["graph", ...args]);
    expect(stderr).toMatch(expected);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});
