import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findControlPlane, whyNoControlPlane } from "./binaries.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "netpol-guard-binaries-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const put = (...names: readonly string[]): void => {
  for (const name of names) writeFileSync(join(directory, name), "");
};

describe("findControlPlane", () => {
  it("says what is missing where there is neither Go nor KUBEBUILDER_ASSETS", async () => {
    const env = { PATH: directory, XDG_CACHE_HOME: directory };
    expect(await findControlPlane({}, env)).toBe(
      "no control plane: KUBEBUILDER_ASSETS is not set, and there is no go command",
    );
  });

  it("takes absence for an error in CI", async () => {
    const env = { PATH: directory, XDG_CACHE_HOME: directory, CI: "true" };
    await expect(findControlPlane({}, env)).rejects.toThrow("there is no go command");
  });

  it("takes what KUBEBUILDER_ASSETS holds, without a controller manager as envtest has it", async () => {
    put("etcd", "kube-apiserver", "kubectl");
    expect(await findControlPlane({}, { KUBEBUILDER_ASSETS: directory })).toEqual({
      directory,
      etcd: join(directory, "etcd"),
      kubeApiserver: join(directory, "kube-apiserver"),
      kubeControllerManager: undefined,
      kubectl: join(directory, "kubectl"),
    });
  });

  it("refuses KUBEBUILDER_ASSETS that lack a program", async () => {
    put("etcd", "kubectl");
    await expect(findControlPlane({}, { KUBEBUILDER_ASSETS: directory })).rejects.toThrow("missing kube-apiserver");
  });
});

describe("whyNoControlPlane", () => {
  it("tells apart suites that need the controller manager", () => {
    put("etcd", "kube-apiserver", "kubectl");
    const env = { KUBEBUILDER_ASSETS: directory };
    expect(whyNoControlPlane({}, env)).toBeUndefined();
    expect(whyNoControlPlane({ controllerManager: true }, env)).toContain("has no kube-controller-manager");
  });
});
