import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { developmentCertificates } from "../../../src/admission/development-certificates.ts";
import { BAD_POD, DATABASE, GOOD_POD, PATH_RULE, reviewFor } from "../admission/reviews.ts";
import { lintExposition, valueOf } from "../metrics/exposition.ts";
import { run, start } from "./program.ts";

const HEAD = "apiVersion: netpol-guard.io/v1alpha1\nkind: GuardConfiguration\n";

let folder = "";
let config = "";
let state = "";
let tls: readonly string[] = [];

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "netpol-guard-serve-"));
  await developmentCertificates(join(folder, "certificates"));
  tls = ["--cert", join(folder, "certificates/tls.crt"), "--key", join(folder, "certificates/tls.key")];
  config = file("config.yaml", HEAD + PATH_RULE);
  state = file("state.yaml", DATABASE);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("serve --state", () => {
  it("is a whole guard, whose answers can be reproduced, until it is asked to end", async () => {
    const guard = start(["serve", "--config", config, "--state", state, "--port", "0", ...tls]);
    const stdout = text(guard.stdout);
    let stderr = "";
    guard.stderr.setEncoding("utf8");
    const ready = new Promise<number>((resolve) => {
      guard.stderr.on("data", (chunk: string) => {
        stderr += chunk;
        const port = /listens on https:\/\/127\.0\.0\.1:([0-9]+)\n[^]*netpol-guard is ready\n/.exec(stderr)?.[1];
        if (port !== undefined) resolve(Number(port));
      });
    });
    const port = await ready;
    const ca = readFileSync(join(folder, "certificates/ca.crt"));
    const call = (path: string, body?: string): Promise<readonly [number | undefined, string]> =>
      new Promise((resolve, reject) => {
        const options = {
          host: "127.0.0.1",
          port,
          path,
          ca,
          servername: "localhost",
          method: body === undefined ? "GET" : "POST",
        };
        const sent = request(options, (response) => {
          text(response).then((answer) => {
            resolve([response.statusCode, answer]);
          }, reject);
        });
        sent.on("error", reject);
        sent.end(body);
      });
    const allowed = async (object: object): Promise<unknown> =>
      (
        JSON.parse((await call("/validate", reviewFor({ object })))[1]) as {
          readonly response: { readonly allowed: boolean };
        }
      ).response.allowed;

    expect(await call("/livez")).toEqual([200, "ok"]);
    expect(await call("/readyz")).toEqual([200, "ok"]);
    expect([await allowed(GOOD_POD), await allowed(BAD_POD), await allowed(GOOD_POD)]).toEqual([true, false, true]);
    expect((await call("/validate", "{}"))[0]).toBe(400);

    guard.kill("SIGTERM");
    expect(await once(guard, "exit")).toEqual([0, null]);
    expect(await stdout).toBe("");
    expect(stderr).toContain('"decision":"deny"');
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(stderr).not.toContain("metrics");
  });

  it("serves metrics of itself where it is told to", async () => {
    const args = ["serve", "--config", config, "--state", state, "--port", "0", "--metrics-port", "0", ...tls];
    const guard = start(args);
    let stderr = "";
    guard.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    await expect.poll(() => stderr, { timeout: 20_000 }).toContain("netpol-guard is ready\n");
    const [, url = ""] = /^netpol-guard metrics are on (http:\/\/127\.0\.0\.1:[0-9]+\/metrics)$/m.exec(stderr) ?? [];
    const exposed = await (await fetch(url)).text();
    expect(lintExposition(exposed).filter((fault) => !/^(nodejs|process)_/.test(fault))).toEqual([]);
    expect(valueOf(exposed, "netpol_guard_ready")).toBe(1);
    guard.kill("SIGTERM");
    expect(await once(guard, "exit")).toEqual([0, null]);
  });
});

describe("serve ends with 2 and one clear line", () => {
  const broken = () => file("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const serve = (...args: readonly string[]): readonly string[] => ["serve", "--state", state, "--port", "0", ...args];

  it.each([
    [
      "of a configuration that is not there",
      () => serve("--config", "/no/such/file"),
      /^netpol-guard: \/no\/such\/file: expected a configuration file, found none that can be read\n$/,
    ],
    [
      "of a configuration with an unknown key",
      () => serve("--config", file("a.yaml", `${HEAD}rules: []\nruls: []\n`)),
      /^netpol-guard: .*a\.yaml:4: unknown key "ruls"\n$/,
    ],
    [
      "of a configuration with a bad CIDR",
      () => serve("--config", file("b.yaml", `${HEAD}rules: []\npodCIDRs:\n  - 10.0.0.0/40\n`)),
      /^netpol-guard: .*b\.yaml:5: podCIDRs\[0\]: expected a CIDR such as 10\.0\.0\.0\/8, found "10\.0\.0\.0\/40"\n$/,
    ],
    [
      "of a configuration with an unknown rule type",
      () => serve("--config", file("c.yaml", `${HEAD}rules:\n  - { name: a, type: magic }\n`)),
      /^netpol-guard: .*c\.yaml:4: rules\[0\]\.type: expected one of .*require-default-deny.*, found "magic"\n$/,
    ],
    [
      "of a CA of clients without a name",
      () => serve("--config", config, "--client-ca", join(folder, "certificates/ca.crt"), ...tls),
      /^netpol-guard: serve: expected --client-ca and --client-cn together, found one of them\n$/,
    ],
    [
      "of a name of clients without a CA",
      () => serve("--config", config, "--client-cn", "kube-apiserver", ...tls),
      /^netpol-guard: serve: expected --client-ca and --client-cn together, found one of them\n$/,
    ],
    [
      "of a CA of clients that is none",
      () => serve("--config", config, "--client-ca", config, "--client-cn", "kube-apiserver", ...tls),
      /^netpol-guard: .*config\.yaml: expected a CA certificate in PEM, found none\n$/,
    ],
    [
      "of a port for metrics that is none",
      () => serve("--config", config, "--metrics-port", "metrics", ...tls),
      /^netpol-guard: --metrics-port: expected a port from 0 to 65535, found metrics\n$/,
    ],
    [
      "of a folder for profiles that is not there",
      () => serve("--config", config, "--cpu-profile", "/no/such/folder", ...tls),
      /^netpol-guard: \/no\/such\/folder: expected a folder that can be written to, for CPU profiles\n$/,
    ],
    [
      "of a state that is not there",
      () => ["serve", "--config", config, "--state", "/no/such/folder", ...tls],
      /^netpol-guard: \/no\/such\/folder: expected a file or a folder, found nothing there\n$/,
    ],
    [
      "of a state that is broken",
      () => ["serve", "--config", config, "--state", file("d.yaml", "kind: Pod\nkind: Pod\n"), ...tls],
      /^netpol-guard: .*d\.yaml:2: .*unique.*\n$/,
    ],
    [
      "of two places for its state",
      () => serve("--config", config, "--kubeconfig", state, ...tls),
      /^netpol-guard: serve: expected --state or --kubeconfig, found both\n$/,
    ],
    [
      "of a kubeconfig that is not there",
      () => ["serve", "--config", config, "--kubeconfig", "/no/such/file", "--port", "0", ...tls],
      /^netpol-guard: \/no\/such\/file: expected a kubeconfig, found none that can be read\n$/,
    ],
    [
      "of a kubeconfig that is none",
      () => ["serve", "--config", config, "--kubeconfig", file("e.yaml", "a: b\n"), "--port", "0", ...tls],
      /^netpol-guard: .*e\.yaml: expected .*\n$/,
    ],
    [
      "of a port that is none",
      () => ["serve", "--config", config, "--state", state, "--port", "http", ...tls],
      /^netpol-guard: --port: expected a port from 0 to 65535, found http\n$/,
    ],
    [
      "of a port that is too large",
      () => ["serve", "--config", config, "--state", state, "--port", "65536", ...tls],
      /^netpol-guard: --port: expected a port from 0 to 65535, found 65536\n$/,
    ],
    [
      "of an address that is not here",
      () => serve("--config", config, "--host", "203.0.113.7", ...tls),
      /^netpol-guard: 203\.0\.113\.7:0: expected an address of this machine\n$/,
    ],
    [
      "of a name that is no address",
      () => serve("--config", config, "--host", "no-such-host.invalid", ...tls),
      /^netpol-guard: no-such-host\.invalid:0: expected .*\n$/,
    ],
    [
      "of a certificate without its key",
      () => serve("--config", config, ...tls.slice(0, 2)),
      /^netpol-guard: serve: expected --cert and --key together, found one of them\n$/,
    ],
    [
      "of a certificate that is not there",
      () => serve("--config", config, "--cert", "/no/such/file", ...tls.slice(2)),
      /^netpol-guard: \/no\/such\/file: expected a certificate in PEM, found no file that can be read\n$/,
    ],
    [
      "of a certificate that is none",
      () => serve("--config", config, "--cert", broken(), ...tls.slice(2)),
      /^netpol-guard: .*\n$/,
    ],
    [
      "of a key that is none",
      () => serve("--config", config, ...tls.slice(0, 2), "--key", config),
      /^netpol-guard: .*\n$/,
    ],
    [
      "of a log level that is none",
      () => serve("--config", config, "--log-level", "loud", ...tls),
      /^netpol-guard: --log-level: expected one of trace, .*, found loud\n$/,
    ],
  ])("%s", async (_name, args, expected) => {
    const { code, stdout, stderr } = await run(args());
    expect(stderr).toMatch(expected);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it("of a port in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { code, stdout, stderr } = await run([
      "serve",
      "--config",
      config,
      "--state",
      state,
      "--port",
      String(port),
      ...tls,
    ]);
    other.close();
    expect(stderr).toBe(
      `netpol-guard: 127.0.0.1:${port}: expected a free address and port, found it in use by another process\n`,
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it("of usage: --config is missing", async () => {
    const { code, stdout, stderr } = await run(["serve", "--state", state]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("--config");
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});
