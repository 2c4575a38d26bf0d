import { expect, it } from "vitest";
import { fixedSource, indexOf } from "../../../src/cluster/fixed-source.ts";
import { compileManifests, manifestsIn } from "../../../src/cluster/manifest-files.ts";
import { changeOf } from "../guard/requests.ts";

const POD = "{ apiVersion: v1, kind: Pod, metadata: { namespace: shop, name: web } }";
const REF = { kind: "Pod", namespace: "shop", name: "web" };
const load = (yaml: string) => compileManifests(manifestsIn(yaml, "f.yaml"));

it("has what the manifests say, the last where one comes twice", () => {
  const twice = [POD, POD.replace("name: web", "name: web, labels: { app: b }")].join("\n---\n");
  const index = indexOf(load(twice));
  expect(index.endpointCount).toBe(1);
  expect(index.endpoint(REF)?.labels).toEqual(new Map([["app", "b"]]));
});

it("is ready at once", async () => {
  const source = fixedSource(load(POD));
  expect(source.notReady()).toBeUndefined();
  await expect(source.firstSync()).resolves.toBeUndefined();
  await expect(source.stop()).resolves.toBeUndefined();
});

it("knows the languages that it was told of, and else none", () => {
  const languages = [{ id: "cilium", name: "Cilium", kinds: [] }];
  expect(fixedSource([], languages).unsupported()).toBe(languages);
  expect(fixedSource([]).unsupported()).toEqual([]);
});

it("keeps nothing of what is admitted", () => {
  const source = fixedSource(load(POD));
  source.admitted(changeOf(POD.replace("name: web", "name: web, labels: { app: b }")), undefined);
  source.admitted(changeOf(POD.replace("name: web", "name: other")), undefined);
  expect(source.index.endpointCount).toBe(1);
  expect(source.index.endpoint(REF)?.labels).toEqual(new Map());
});

it("never changes: there is nothing to confirm, and nothing to catch up with", async () => {
  const source = fixedSource(load(POD));
  await expect(source.confirm([REF], 0)).resolves.toBe(false);
  await expect(source.caughtUp(0)).resolves.toBeUndefined();
});
