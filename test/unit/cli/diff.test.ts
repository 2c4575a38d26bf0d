import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, run } from "./program.ts";

const pod = (name: string): string => `
apiVersion: v1
kind: Pod
metadata: { namespace: shop, name: ${name}, labels: { app: ${name} } }
`;
const policy = (port: number): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: shop, name: db-in }
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: ${port} }] }]
`;

let folder = "";
let before = "";
let after = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "netpol-guard-diff-"));
  before = join(folder, "before.yaml");
  after = join(folder, "after.yaml");
  writeFileSync(before, [pod("web"), pod("db"), policy(80)].join("---\n"));
  writeFileSync(after, [pod("web"), pod("db"), policy(81)].join("---\n"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("diff", () => {
  it("says what is added and removed", async () => {
    const { code, stdout, stderr } = await run(["diff", before, after]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n").sort()).toEqual(
      ["", "+ shop/Pod/web -> shop/Pod/db on TCP 81", "- shop/Pod/web -> shop/Pod/db on TCP 80"].sort(),
    );
  });

  it("says so in JSON", async () => {
    const { stdout } = await run(["diff", before, after, "-o", "json"]);
    expect(JSON.parse(stdout)).toEqual({
      added: [{ from: "shop/Pod/web", to: "shop/Pod/db", ports: "TCP 81" }],
      removed: [{ from: "shop/Pod/web", to: "shop/Pod/db", ports: "TCP 80" }],
    });
  });

  it("names the path that one more dash adds: AND has become OR", async () => {
    const example = join(ROOT, "manifests/examples/3-and-or");
    const changed = join(folder, "or");
    cpSync(join(example, "good"), changed, { recursive: true });
    // The last of a name counts.
    cpSync(join(example, "bad/one-more-dash.yaml"), join(changed, "99-one-more-dash.yaml"));
    const { code, stdout } = await run(["diff", join(example, "good"), changed]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "+ prod/Pod/frontend -> data/Pod/db on TCP 3306\n" });
  });

  it("says that there is none", async () => {
    expect(await run(["diff", before, before])).toEqual({
      code: 0,
      stdout: "no difference in connectivity\n",
      stderr: "",
    });
  });

  it.each([
    ["of two standard inputs", ["-", "-"], /^netpol-guard: diff: expected standard input for one side/],
    [
      "of a format that is none",
      ["a", "b", "-o", "yaml"],
      /^netpol-guard: --output: expected one of .*, found yaml\n$/,
    ],
    [
      "of a side that is not there",
      ["/no/such/a", "/no/such/b"],
      /^netpol-guard: \/no\/such\/a: expected a file or a folder/,
    ],
  ])("ends with 2 and one clear line %s", async (_name, args, expected) => {
    const { code, stdout, stderr } = await run(["diff", ...args]);
    expect(stderr).toMatch(expected);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});
