import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, run } from "./program.ts";

const STATE = `
apiVersion: v1
kind: Pod
metadata: { namespace: shop, name: web, labels: { app: web } }
spec: { nodeName: n1 }
status: { phase: Running, podIP: 10.244.1.1 }
---
apiVersion: v1
kind: Pod
metadata: { namespace: shop, name: db, labels: { role: db } }
status: { phase: Running, podIP: 10.244.1.2, podIPs: [{ ip: 10.244.1.2 }, { ip: "fd00::2" }] }
---
apiVersion: v1
kind: Pod
metadata: { namespace: shop, name: done }
status: { phase: Succeeded }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: shop, name: db-in }
spec:
  podSelector: { matchLabels: { role: db } }
  ingress:
    - from: [{ podSelector: { matchLabels: { app: web } } }]
      ports: [{ port: 3306 }]
    - from: [{ ipBlock: { cidr: "2001:db8::/32" } }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: odd, name: odd }
spec: { podSelector: { matchExpressions: [{ key: app, operator: Like, values: [a] }] } }
---
apiVersion: v1
kind: Pod
metadata: { namespace: odd, name: odd }
`;

let folder = "";
let state = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "netpol-guard-probe-"));
  state = join(folder, "state.yaml");
  writeFileSync(state, STATE);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const probe = (...args: readonly string[]) => run(["probe", "--state", state, ...args]);
const lines = (...probes: readonly object[]): string => probes.map((one) => JSON.stringify(one)).join("\n");

/** Asks all at once, in JSON. */
const answers = async (...probes: readonly object[]): Promise<readonly Record<string, unknown>[]> => {
  const { code, stdout, stderr } = await run(
    ["probe", "--state", state, "--probes", "-", "-o", "json"],
    lines(...probes),
  );
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as readonly Record<string, unknown>[];
};

describe("probe -o json", () => {
  const ask = { from: "shop/web", to: "shop/db", protocol: "TCP", port: 3306 };

  it("prints one answer for each probe in its order, with the witness of both directions", async () => {
    expect(await answers(ask, { ...ask, port: 3307 })).toEqual([
      {
        ...ask,
        allowed: true,
        egress: { allowed: true, kind: "not-selected" },
        ingress: {
          allowed: true,
          kind: "rule",
          policy: { kind: "NetworkPolicy", namespace: "shop", name: "db-in" },
          path: "spec.ingress[0].from[0]",
          action: "allow",
        },
      },
      {
        ...ask,
        port: 3307,
        allowed: false,
        egress: { allowed: true, kind: "not-selected" },
        ingress: {
          allowed: false,
          kind: "isolated",
          policies: [{ kind: "NetworkPolicy", namespace: "shop", name: "db-in" }],
        },
      },
    ]);
  });

  it("answers undecided where a selector cannot be parsed, and says why", async () => {
    const [answer] = await answers({ ...ask, to: "odd/odd" });
    expect(answer).toMatchObject({ allowed: "undecided", ingress: { kind: "undecided" } });
    expect(JSON.stringify(answer)).toContain("Like");
  });

  it("takes addresses: one that is a pod's means that pod", async () => {
    const allowed = await answers(
      { ...ask, from: "10.244.1.1" },
      { ...ask, from: "10.244.1.9" },
      { ...ask, to: "10.244.1.2" },
      { ...ask, from: "2001:db8::7", to: "fd00::2", port: 1 },
      { ...ask, from: "2001:db9::7", to: "fd00::2", port: 1 },
    );
    expect(allowed.map((answer) => answer["allowed"])).toEqual([true, false, true, true, false]);
  });

  it("takes the family of a dual-stack pod, and lets other keys be", async () => {
    const outside = { from: "2001:db8::7", to: "shop/db", protocol: "TCP", port: 1 };
    const allowed = await answers(
      { ...outside, toIP: "fd00::2", allowed: false, comment: "ignored" },
      { ...outside, from: "198.51.100.1", toIP: "10.244.1.2" },
    );
    expect(allowed.map((answer) => answer["allowed"])).toEqual([true, false]);
  });

  it("says that a pod reaches itself, and that one that has finished is no end", async () => {
    const [self, finished] = await answers({ ...ask, from: "shop/db" }, { ...ask, to: "shop/done" });
    expect(self).toMatchObject({ allowed: true, egress: { kind: "local" } });
    expect(finished).toMatchObject({ allowed: false, ingress: { kind: "finished" } });
  });

  it("answers no probes with no answers", async () => {
    expect(await answers()).toEqual([]);
  });

  it("skips empty lines, and takes TCP where no protocol is given", async () => {
    const { stdout } = await run(
      ["probe", "--state", state, "--probes", "-", "-o", "json"],
      `\n${JSON.stringify({ from: "shop/web", to: "shop/db", port: 3306 })}\r\n\n`,
    );
    expect(JSON.parse(stdout)).toMatchObject([{ protocol: "TCP", allowed: true }]);
  });
});

describe("probe", () => {
  it("says in words what decides, and ends well whatever the answer is", async () => {
    const { code, stdout, stderr } = await probe("--from", "shop/web", "--to", "shop/db", "--port", "3307");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(
      [
        "DENIED shop/web -> shop/db TCP 3307",
        "  egress: no policy selects it",
        "  ingress: no rule of shop/db-in matches",
        "",
      ].join("\n"),
    );
  });

  it("reads folders, several paths and standard input as its state", async () => {
    const [pods = "", ...policies] = STATE.split("---\n").reverse();
    writeFileSync(join(folder, "rest.json"), "{}".replace("{}", '{ "apiVersion": "v1", "kind": "List", "items": [] }'));
    const { code, stdout } = await run(
      ["probe", "--state", join(folder, "rest.json"), "-", "--from", "shop/web", "--to", "odd/odd", "--port", "1"],
      [pods, ...policies].join("---\n"),
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^UNDECIDED /);
  });

  it("is what --help says", async () => {
    const { code, stdout, stderr } = await run(["probe", "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const option of ["--state", "--from", "--to", "--protocol", "--port", "--probes", "--output"])
      expect(stdout).toContain(option);
  });

  it("does not mind a reader who has seen enough", async () => {
    const probes = lines(...Array.from({ length: 5000 }, () => ({ from: "shop/web", to: "shop/db", port: 3306 })));
    const child = spawn(process.execPath, [resolve(ROOT, "src/main.ts"), "probe", "--state", state, "--probes", "-"]);
    child.stdin.end(probes);
    child.stdout.once("data", () => child.stdout.destroy());
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "close") as Promise<[number | null]>]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });
});

describe("probe ends with 2 and one clear line", () => {
  const fine = ["--from", "shop/web", "--to", "shop/db", "--port", "1"];
  const file = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  it.each([
    [
      "of a state that is not there",
      () => ["--state", "/no/such/folder", ...fine],
      /^netpol-guard: \/no\/such\/folder: expected a file or a folder, found nothing there\n$/,
    ],
    [
      "of a state that is broken",
      () => ["--state", file("broken.yaml", "apiVersion: v1\nkind: Secret\n---\nkind: [\n"), ...fine],
      /^netpol-guard: .*broken\.yaml:[45]: .+\n$/,
    ],
    [
      "of a state that is broken in two places, by the first",
      () => ["--state", file("broken-twice.yaml", "a: 1\n---\nkind: [\n"), ...fine],
      /^netpol-guard: .*broken-twice\.yaml:1: apiVersion: expected a string, found nothing\n$/,
    ],
    [
      "of a state that is no manifest",
      () => ["--state", file("values.yaml", "\nreplicas: 3\n"), ...fine],
      /^netpol-guard: .*values\.yaml:2: apiVersion: expected a string, found nothing\n$/,
    ],
    [
      "of a state that is binary",
      () => ["--state", file("binary.yaml", Buffer.from([0xff, 0x00, 0xfe])), ...fine],
      /^netpol-guard: .*binary\.yaml: expected UTF-8 text\n$/,
    ],
    [
      "of a pod that is not there",
      () => ["--state", state, ...fine, "--to", "shop/nobody"],
      /^netpol-guard: probe: .*shop\/nobody.*\n$/,
    ],
    [
      "of an end that is neither pod nor address",
      () => ["--state", state, ...fine, "--from", "10.244.1"],
      /^netpol-guard: probe: from: expected an IP address or namespace\/pod, found "10\.244\.1"\n$/,
    ],
    [
      "of a protocol that is none",
      () => ["--state", state, ...fine, "--protocol", "tcp"],
      /^netpol-guard: probe: protocol: expected one of .*TCP.*, found "tcp"\n$/,
    ],
    [
      "of a port that is none",
      () => ["--state", state, ...fine, "--port", "70000"],
      /^netpol-guard: probe: port: expected a port from 0 to 65535, found 70000\n$/,
    ],
    [
      "of a port that is a word",
      () => ["--state", state, ...fine, "--port", "http"],
      /^netpol-guard: .*port.*found "?http"?\n$/,
    ],
    ["of a port that is empty", () => ["--state", state, ...fine, "--port", ""], /^netpol-guard: .*port.*expected/],
    [
      "of an output that is none",
      () => ["--state", state, ...fine, "-o", "xml"],
      /^netpol-guard: --output: expected one of text, json, found xml\n$/,
    ],
    [
      "of a question that is not asked",
      () => ["--state", state, "--from", "shop/web"],
      /^netpol-guard: probe: expected --from, --to and --port, or --probes\n$/,
    ],
    [
      "of a probes file that is not there",
      () => ["--state", state, "--probes", "/no/such/file"],
      /^netpol-guard: \/no\/such\/file: cannot be read\n$/,
    ],
    [
      "of a line that is no JSON",
      () => [
        "--state",
        state,
        "--probes",
        file("a.jsonl", '{"from":"shop/web","to":"shop/db","port":1}\nfrom shop/web\n'),
      ],
      /^netpol-guard: .*a\.jsonl:2: expected one JSON object on this line\n$/,
    ],
    [
      "of a line that lacks a field",
      () => ["--state", state, "--probes", file("b.jsonl", '{"from":"shop/web","to":"shop/db"}')],
      /^netpol-guard: .*b\.jsonl:1: port: .+\n$/,
    ],
    [
      "of a line that names nobody",
      () => ["--state", state, "--probes", file("c.jsonl", '\n{"from":"shop/web","to":"shop/nobody","port":1}')],
      /^netpol-guard: .*c\.jsonl:2: to: .*shop\/nobody.*\n$/,
    ],
  ])("%s", async (_name, args, expected) => {
    const { code, stdout, stderr } = await run(["probe", ...args()]);
    expect(stderr).toMatch(expected);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it.each([
    ["of a missing --state", ["probe"], "--state"],
    ["of an unknown option", ["probe", "--state", ".", "--colour"], "--colour"],
    ["of an unknown command", ["prob"], "prob"],
    ["of no command", [], ""],
  ])("of usage %s", async (_name, args, part) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(part);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});

it("says its version", async () => {
  expect(await run(["--version"])).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
});
