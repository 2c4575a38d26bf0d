import { describe, expect, it } from "vitest";
import { classKey, identityOf, isGenerated, shapeKey, type Mentions } from "../../../src/engine/identity.ts";
import type { Endpoint } from "../../../src/model/objects.ts";
import { container, pod } from "../../reference/fixtures.ts";
import { decode } from "./worlds.ts";

const NOTHING: Mentions = { hasKey: () => false, hasPortName: () => false };
const mentioning = (...names: readonly string[]): Mentions => ({
  hasKey: (key) => names.includes(key),
  hasPortName: (name) => names.includes(name),
});

const endpoint = (
  path: string,
  more: object = {},
  labels: Readonly<Record<string, string>> = { app: "a" },
): Endpoint => {
  const made = decode(pod(path, ["10.0.0.1"], { labels }));
  return made.type === "endpoint" ? { ...made.endpoint, ...more } : expect.fail(made.type);
};

const base = endpoint("shop/a");
const http = decode(pod("shop/a", [], { labels: { app: "a" }, containers: [container("c", "http=80")] }));
const withPort = http.type === "endpoint" ? http.endpoint : base;

describe("identityOf", () => {
  it.each<[string, Endpoint]>([
    ["name", endpoint("shop/b")],
    ["address", endpoint("shop/a", { addresses: [] })],
    ["phase", endpoint("shop/a", { phase: "pending" })],
    ["node", endpoint("shop/a", { node: "n" })],
    ["owner", endpoint("shop/a", { workload: "Job/j" })],
    ["port that nothing mentions", withPort],
    ["pod-template-hash", endpoint("shop/a", {}, { app: "a", "pod-template-hash": "x" })],
    ["controller-revision-hash", endpoint("shop/a", {}, { app: "a", "controller-revision-hash": "x" })],
    ["pod-template-generation", endpoint("shop/a", {}, { app: "a", "pod-template-generation": "1" })],
    ["controller-uid", endpoint("shop/a", {}, { app: "a", "controller-uid": "x" })],
    ["job-name", endpoint("shop/a", {}, { app: "a", "job-name": "x" })],
    ["batch label", endpoint("shop/a", {}, { app: "a", "batch.kubernetes.io/job-completion-index": "1" })],
    ["pod name label", endpoint("shop/a", {}, { app: "a", "statefulset.kubernetes.io/pod-name": "x" })],
    ["pod index", endpoint("shop/a", {}, { app: "a", "apps.kubernetes.io/pod-index": "1" })],
  ])("does not hang on the %s", (_, other) => {
    expect(identityOf(other, NOTHING)).toBe(identityOf(base, NOTHING));
  });

  it.each<[string, Endpoint]>([
    ["namespace", endpoint("web/a")],
    ["service account", endpoint("shop/a", { serviceAccount: "x" })],
    ["host network", endpoint("shop/a", { hostNetwork: true })],
    ["mirror", endpoint("shop/a", { mirror: true })],
    ["label", endpoint("shop/a", {}, { app: "b" })],
    ["label that nothing mentions", endpoint("shop/a", {}, { app: "a", other: "x" })],
  ])("hangs on the %s", (_, other) => {
    expect(identityOf(other, NOTHING)).not.toBe(identityOf(base, NOTHING));
  });

  it("hangs on generated labels and ports as soon as something mentions them", () => {
    const hashed = endpoint("shop/a", {}, { app: "a", "pod-template-hash": "x" });
    expect(identityOf(hashed, mentioning("pod-template-hash"))).not.toBe(
      identityOf(base, mentioning("pod-template-hash")),
    );
    expect(identityOf(withPort, mentioning("http"))).not.toBe(identityOf(base, mentioning("http")));
  });
});

describe("classKey and shapeKey", () => {
  const labelled = endpoint("shop/a", {}, { app: "b", tier: "x" });
  const moved = { ...withPort, namedPorts: [{ name: "http", protocol: 6, port: 81 }] };
  const other = { ...withPort, namedPorts: [{ name: "http", protocol: 17, port: 80 }] };

  it("a class hangs on what is mentioned only, a shape on all of it", () => {
    expect(classKey(labelled, NOTHING)).toBe(classKey(base, NOTHING));
    expect(classKey(labelled, mentioning("app"))).not.toBe(classKey(base, mentioning("app")));
    expect(classKey(labelled, mentioning("tier"))).not.toBe(classKey(base, mentioning("tier")));
    expect(shapeKey(labelled)).not.toBe(shapeKey(base));
  });

  it.each([
    ["number", moved],
    ["protocol", other],
    ["absence", base],
  ])("ports are told apart by %s", (_, changed) => {
    expect(classKey(changed, mentioning("http"))).not.toBe(classKey(withPort, mentioning("http")));
    expect(classKey(changed, NOTHING)).toBe(classKey(withPort, NOTHING));
    expect(shapeKey(changed)).not.toBe(shapeKey(withPort));
  });

  it("the order of labels and ports makes no difference", () => {
    const ports = [
      { name: "a", protocol: 6, port: 1 },
      { name: "b", protocol: 6, port: 2 },
    ];
    const turned = { ...endpoint("shop/a", {}, { tier: "x", app: "b" }), namedPorts: ports.toReversed() };
    expect(shapeKey(turned)).toBe(shapeKey({ ...labelled, namedPorts: ports }));
  });
});

it.each([
  ["job-name", true],
  ["batch.kubernetes.io/controller-uid", true],
  ["batch.kubernetes.io", false],
  ["app", false],
  ["x/job-name", false],
])("the key %s is generated: %s", (key, generated) => {
  expect(isGenerated(key)).toBe(generated);
});
