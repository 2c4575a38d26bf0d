import { ApiException, V1ConfigMap, V1ObjectMeta, type CoreV1Api } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { digestOf, KnownStore, type KnownEntries } from "../../../src/cluster/known-store.ts";
import { ALL_PORTS, NO_PORTS, portRange, subtractPorts, unionPorts } from "../../../src/model/ports.ts";

const DIGEST = digestOf("a key");
const MYSQL = portRange(6, 3306, 3306);

/** The part of an API server that keeps one ConfigMap; `before` runs before each write. */
const keptBy = (data: string | undefined, before: () => void = () => undefined) => {
  const at = (text: string, version: number): V1ConfigMap => {
    const map = new V1ConfigMap();
    map.data = { violations: text };
    map.metadata = Object.assign(new V1ObjectMeta(), { resourceVersion: String(version) });
    return map;
  };
  let [version, stored] = [1, data === undefined ? undefined : at(data, 1)];
  const write = (body: V1ConfigMap): Promise<V1ConfigMap> => {
    before();
    if (body.metadata?.resourceVersion !== stored?.metadata?.resourceVersion)
      return Promise.reject(new ApiException(409, "Conflict", undefined, {}));
    version += 1;
    stored = at(body.data?.["violations"] ?? "", version);
    return Promise.resolve(stored);
  };
  const api: Pick<CoreV1Api, "readNamespacedConfigMap" | "createNamespacedConfigMap" | "replaceNamespacedConfigMap"> = {
    readNamespacedConfigMap: () =>
      stored === undefined
        ? Promise.reject(new ApiException(404, "Not Found", undefined, {}))
        : Promise.resolve(stored),
    createNamespacedConfigMap: ({ body }) => write(body),
    replaceNamespacedConfigMap: ({ body }) => write(body),
  };
  return {
    store: new KnownStore(api, "netpol-guard"),
    text: () => stored?.data?.["violations"],
    overwrite: (text: string) => {
      version += 1;
      stored = at(text, version);
    },
  };
};

const entry = (ports = MYSQL, ranAt = 1_700_000_000_000): KnownEntries => [[DIGEST, { ports, ranAt }]];

describe("what is known", () => {
  it("is none before anything was kept", async () => {
    await expect(keptBy(undefined).store.load()).resolves.toEqual([]);
  });

  it.each([
    ["one port", MYSQL],
    ["ports of two protocols", unionPorts(MYSQL, portRange(17, 53, 90))],
    ["every port", ALL_PORTS],
    ["all ports but one", subtractPorts(ALL_PORTS, MYSQL)],
    ["no port", NO_PORTS],
  ])("comes back as it was kept, on %s", async (_, ports) => {
    const { store } = keptBy(undefined);
    await store.save(() => entry(ports));
    await expect(store.load()).resolves.toEqual(entry(ports));
    await store.save((kept) => kept);
    await expect(store.load()).resolves.toEqual(entry(ports));
  });

  it("is written again over what another replica wrote meanwhile", async () => {
    let isFirst = true;
    const kept = keptBy("", () => {
      if (isFirst) kept.overwrite(`${digestOf("other")} 1700000000 -;6,80,81`);
      isFirst = false;
    });
    await kept.store.save((before) => [...entry(), ...before]);
    expect(kept.text()?.split("\n")).toHaveLength(2);
  });

  it("is not written over and over where that never ends", async () => {
    const kept = keptBy("", () => {
      kept.overwrite("");
    });
    await expect(kept.store.save(() => entry())).rejects.toThrow(
      "ConfigMap netpol-guard-known cannot be written: HTTP 409",
    );
  });

  it("leaves out what cannot be read", async () => {
    const lines = [
      "",
      "x 1 -",
      `${DIGEST} x -`,
      `${DIGEST} 1 ?`,
      `${DIGEST} 1 -;6,80`,
      `${DIGEST} 1 -;6,a,b`,
      `${DIGEST} 1`,
    ];
    await expect(keptBy(lines.join("\n")).store.load()).resolves.toEqual([]);
  });

  it("is kept up to what an object of the API may hold", async () => {
    const { store, text } = keptBy(undefined);
    const many = Array.from(
      { length: 20_000 },
      (_, i) => [digestOf(String(i)), { ports: MYSQL, ranAt: 1e12 }] as const,
    );
    await store.save(() => many);
    expect(text()?.length).toBeLessThan(1_000_000);
    await expect(store.load()).resolves.toHaveLength(10_000);
  });
});
