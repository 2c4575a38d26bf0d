import { describe, expect, it } from "vitest";
import { diff } from "../../../src/cli/diff.ts";
import { probe } from "../../../src/cli/probe.ts";
import { runInProcess } from "./in-process.ts";
import { scratch } from "./scratch.ts";

const POD = "{ apiVersion: v1, kind: Pod, metadata: { namespace: shop, name: web } }\n";
const CILIUM =
  "{ apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: { namespace: shop, name: l7 }, spec: {} }\n";

const { file } = scratch();

const asks = (state: string): readonly string[] => [
  "--from",
  "shop/web",
  "--to",
  "shop/web",
  "--port",
  "80",
  "--state",
  state,
];

describe("policies that are not judged", () => {
  it("are named where an answer leaves them out, which stays as it is", async () => {
    const [plain, mixed] = [file("plain.yaml", POD), file("mixed.yaml", `${POD}---\n${CILIUM}`)];
    const without = await runInProcess(probe, ["probe", ...asks(plain)]);
    const { code, stdout, stderr } = await runInProcess(probe, ["probe", ...asks(mixed)]);
    expect({ code, stdout }).toEqual({ code: without.code, stdout: without.stdout });
    expect(without.stderr).toBe("");
    expect(stderr).toBe(
      `netpol-guard: Cilium policies (CiliumNetworkPolicy) are in the cluster; not judged: CiliumNetworkPolicy.cilium.io in ${mixed}:3\n`,
    );
  });

  it("are named for both sides of a comparison", async () => {
    const mixed = file("mixed.yaml", `${POD}---\n${CILIUM}`);
    const { stdout, stderr } = await runInProcess(diff, ["diff", file("plain.yaml", POD), mixed]);
    expect(stdout).toBe("no difference in connectivity\n");
    expect(stderr).toContain("CiliumNetworkPolicy.cilium.io in ");
  });
});
