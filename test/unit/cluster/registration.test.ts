import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { connectCluster, type ClusterApi } from "../../../src/cluster/cluster-api.ts";
import { followRegistration } from "../../../src/cluster/registration-watch.ts";
import { changeRegistration, readRegistration } from "../../../src/cluster/registration.ts";

const PATH = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/netpol-guard";
const NAME = "ValidatingWebhookConfiguration netpol-guard";

interface Answer {
  readonly code: number;
  readonly body: object | string;
}

let folder = "";
let server: Server;
let api: ClusterApi;
/** What requests are answered with, by method: the first, the second, and so on; the last one from then on. */
let answers: Readonly<Record<string, readonly Answer[]>>;
let asked: string[];

const object = (version: string): Answer => ({ code: 200, body: { metadata: { resourceVersion: version } } });
const refusal = (code: number, message: string): Answer => ({
  code,
  body: { apiVersion: "v1", kind: "Status", status: "Failure", message, code },
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "netpol-guard-registration-"));
  asked = [];
  server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    void text(request).then((body) => {
      const before = asked.filter((line) => line.startsWith(method)).length;
      const all = answers[method] ?? [];
      const { code, body: answer } = all[Math.min(before, all.length - 1)] ?? { code: 500, body: "" };
      asked.push([method, url, ...(body === "" ? [] : [headers["content-type"], body])].join(" "));
      const isText = typeof answer === "string";
      response.writeHead(code, { "content-type": isText ? "text/plain" : "application/json" });
      response.end(isText ? answer : JSON.stringify(answer));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const kubeconfig = join(folder, "kubeconfig");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = {
    clusters: [{ name: "fake", cluster: { server: url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "user", user: { token: "hush" } }],
    contexts: [{ name: "fake", context: { cluster: "fake", user: "user" } }],
    "current-context": "fake",
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  api = connectCluster({ kubeconfig, environment: {} });
});
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

/** A plan of one step that says which version it was made of. */
const change = () => changeRegistration(api, ({ metadata }) => ({ steps: [{ of: metadata?.resourceVersion ?? "" }] }));
const patch = (version: string): string => `PATCH ${PATH} application/json-patch+json [{"of":"${version}"}]`;

it("a change is patched in one step", async () => {
  answers = { GET: [object("1")], PATCH: [object("2")] };
  expect(await change()).toEqual({ steps: [{ of: "1" }] });
  expect(asked).toEqual([`GET ${PATH}`, patch("1")]);
});

it("a plan without steps changes nothing", async () => {
  answers = { GET: [object("1")] };
  expect(await changeRegistration(api, () => ({ steps: [] }))).toEqual({ steps: [] });
  expect(asked).toEqual([`GET ${PATH}`]);
});

it.each([409, 422])("a change that another one overtook (%i) is planned anew", async (code) => {
  answers = { GET: [object("1"), object("2")], PATCH: [refusal(code, "test failed"), object("3")] };
  expect(await change()).toEqual({ steps: [{ of: "2" }] });
  expect(asked).toEqual([`GET ${PATH}`, patch("1"), `GET ${PATH}`, patch("2")]);
});

it("a change that is overtaken every time is given up", async () => {
  answers = { GET: [object("1")], PATCH: [refusal(422, "test failed")] };
  await expect(change()).rejects.toThrow(`patch ${NAME}: 422 Unprocessable Entity: test failed`);
  expect(asked).toHaveLength(10);
});

it.each([
  [403, "patch is forbidden", `patch ${NAME}: 403 Forbidden: patch is forbidden`],
  [500, "broken", `patch ${NAME}: 500 Internal Server Error: broken`],
])("a change that is refused with %i is not tried again", async (code, message, error) => {
  answers = { GET: [object("1")], PATCH: [refusal(code, message)] };
  await expect(change()).rejects.toThrow(error);
  expect(asked).toHaveLength(2);
});

it("no registration is none, and cannot be changed", async () => {
  answers = { GET: [refusal(404, "not found")] };
  expect(await readRegistration(api)).toBeUndefined();
  await expect(change()).rejects.toThrow(
    `${api.server}: expected a ${NAME}, found none: the guard is asked nothing there`,
  );
});

it.each<[string, Answer, string]>([
  ["a refusal", refusal(403, "no\nway"), `read ${NAME}: 403 Forbidden: no way`],
  ["a refusal without a reason", { code: 401, body: {} }, `read ${NAME}: 401 Unauthorized`],
  ["a proxy's page", { code: 502, body: "<html>" }, `read ${NAME}: 502 Bad Gateway: <html>`],
])("%s is one line", async (_name, answer, message) => {
  answers = { GET: [answer] };
  await expect(readRegistration(api)).rejects.toHaveProperty("message", message);
});

it("a server that is not there is one line", async () => {
  server.close();
  await once(server, "close");
  await expect(readRegistration(api)).rejects.toThrow(/^read \S+ \S+: connect ECONNREFUSED 127\.0\.0\.1:[0-9]+$/);
});

it("it is looked at again and again, whatever became of it, until that is ended", async () => {
  answers = { GET: [object("1"), refusal(403, "forbidden: no right"), refusal(404, "gone"), object("2")] };
  const heard: string[] = [];
  const stop = followRegistration(
    api,
    {
      found: (registration) => heard.push(registration?.metadata?.resourceVersion ?? "none"),
      failed: ({ message }) => heard.push(message),
    },
    1,
  );
  await expect.poll(() => heard.length, { timeout: 10_000, interval: 5 }).toBeGreaterThan(4);
  stop();
  expect(heard.slice(0, 4)).toEqual(["1", expect.stringContaining("forbidden: no right"), "none", "2"]);
  const count = asked.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked.length).toBeLessThanOrEqual(count + 1);
});
