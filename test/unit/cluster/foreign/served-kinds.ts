import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { KubeConfig } from "@kubernetes/client-node";
import { kubeConfigFor } from "../watch/fake-api-server.ts";

/** What a fake serves: the resources of each group version, `cilium.io/v2`, with their numbers of objects. */
export type Served = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** An API server that has nothing but kinds, and objects without an inside. */
export interface KindServer {
  readonly kubeConfig: KubeConfig;
  /** Paths with their queries, and what was accepted in answer, in order. */
  readonly asked: { readonly target: string; readonly accept: string | undefined }[];
  readonly serve: (served: Served) => void;
  /** Answers a path (without its query) with this status and body instead; undefined: never. */
  readonly override: (path: string, answer: readonly [status: number, body: string] | undefined) => void;
  /** Ends all overrides. */
  readonly mend: () => void;
  readonly close: () => Promise<void>;
}

const bodyOf = (served: Served, path: string, limit: number): object | undefined => {
  const groupVersions = Object.keys(served);
  if (path === "/apis") {
    const groups = Map.groupBy(groupVersions, (text) => text.split("/")[0] ?? "");
    return {
      kind: "APIGroupList",
      groups: [...groups].map(([name, versions]) => ({
        name,
        versions: versions.map((groupVersion) => ({ groupVersion, version: groupVersion.split("/")[1] })),
      })),
    };
  }
  const groupVersion = groupVersions.find((text) => path.startsWith(`/apis/${text}`));
  const resources = served[groupVersion ?? ""];
  if (groupVersion === undefined || resources === undefined) return undefined;
  if (path === `/apis/${groupVersion}`)
    return { kind: "APIResourceList", groupVersion, resources: Object.keys(resources).map((name) => ({ name })) };
  const count = resources[path.slice(`/apis/${groupVersion}/`.length)];
  if (count === undefined) return undefined;
  const items = Array.from({ length: Math.min(count, limit) }, () => ({}));
  // An API server of Go has null for an empty list.
  return { kind: "PartialObjectMetadataList", items: count === 0 ? null : items };
};

/** Starts one on a free port of loopback that serves nothing. */
export const startKindServer = async (): Promise<KindServer> => {
  let kinds: Served = {};
  const overrides = new Map<string, readonly [number, string] | undefined>();
  const asked: { target: string; accept: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const target = request.url ?? "/";
    asked.push({ target, accept: request.headers.accept });
    const { pathname, searchParams } = new URL(target, "http://fake.invalid");
    const body = bodyOf(kinds, pathname, Number(searchParams.get("limit") ?? Infinity));
    const usual = [
      body === undefined ? 404 : 200,
      JSON.stringify(body ?? { kind: "Status", message: "gone" }),
    ] as const;
    const answer = overrides.has(pathname) ? overrides.get(pathname) : usual;
    if (answer === undefined) return;
    response.writeHead(answer[0], { "content-type": "application/json" });
    response.end(answer[1]);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    kubeConfig: kubeConfigFor(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`),
    asked,
    serve: (served) => {
      kinds = served;
    },
    override: (path, answer) => void overrides.set(path, answer),
    mend: () => {
      overrides.clear();
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
};
