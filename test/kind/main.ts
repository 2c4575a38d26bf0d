import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { developmentCertificates } from "../../src/admission/development-certificates.ts";

// npm run e2e:kind: a kind cluster with the image of this checkout, installed by an overlay, and the end-to-end suites that
// need nothing but a cluster. It needs kind, docker and kubectl on the PATH, and images from the Internet.

const ROOT = resolve(import.meta.dirname, "../..");
const CLUSTER = "netpol-guard-e2e";
const IMAGE = "netpol-guard:0.1.0";
const CERTIFICATES = join(ROOT, "certs/development");

/** They take the cluster as it is: no servers' processes, audit logs or users of their own. */
const SUITES = [
  "denial-message",
  "dropped-labels",
  "own-configuration",
  "read-your-writes",
  "relabel",
  "scenarios",
  "templates",
  "warnings",
  "ways-in",
];

const run = (command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): void => {
  process.stderr.write(`$ ${[command, ...args].join(" ")}\n`);
  const env = { ...process.env, ...environment };
  const { error, status } = spawnSync(command, args, { cwd: ROOT, stdio: "inherit", env });
  if (error !== undefined) throw new Error(`Expected ${command} on the PATH: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ended with ${String(status)}`);
};

const install = async (kubeconfig: string): Promise<void> => {
  const kubectl = (...args: readonly string[]): void => {
    run("kubectl", ["--kubeconfig", kubeconfig, ...args]);
  };
  await developmentCertificates(CERTIFICATES);
  const pair = ["--cert", join(CERTIFICATES, "tls.crt"), "--key", join(CERTIFICATES, "tls.key")];
  kubectl("apply", "-f", "manifests/base/namespace.yaml");
  kubectl("-n", "netpol-guard", "create", "secret", "tls", "netpol-guard-tls", ...pair);
  kubectl("apply", "-k", "manifests/overlays/enforce", "-l", "app.kubernetes.io/component!=registration");
  kubectl("-n", "netpol-guard", "rollout", "status", "deployment/netpol-guard", "--timeout=180s");
};

let isCreated = false;
const folder = mkdtempSync(join(tmpdir(), "netpol-guard-kind-"));
const kubeconfig = join(folder, "kubeconfig");
try {
  run("docker", ["build", "--tag", IMAGE, "."]);
  run("kind", ["create", "cluster", "--name", CLUSTER, "--kubeconfig", kubeconfig, "--wait", "180s"]);
  isCreated = true;
  run("kind", ["load", "docker-image", IMAGE, "--name", CLUSTER]);
  await install(kubeconfig);
  const files = SUITES.map((name) => `test/e2e/${name}.test.ts`);
  const environment = { E2E_KUBECONFIG: kubeconfig, E2E_GUARD: "installed" };
  run("node_modules/.bin/vitest", ["run", "--project", "e2e", ...files], environment);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  if (isCreated) spawnSync("kind", ["delete", "cluster", "--name", CLUSTER], { stdio: "inherit" });
  rmSync(folder, { recursive: true });
}
