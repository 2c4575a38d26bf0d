import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ControlPlane } from "../control-plane/start.ts";
import { scratchDirectory } from "../e2e/main-process.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

/** A proxy in front of an API server, and the admin's kubeconfig by way of it. */
export interface Proxied {
  readonly proxy: TcpProxy;
  readonly kubeconfig: string;
}

/** Puts a proxy in front of the API server of a control plane. */
export const proxied = async ({ server, kubeconfig }: ControlPlane): Promise<Proxied> => {
  const proxy = await startTcpProxy(Number(new URL(server).port));
  const file = join(scratchDirectory, `kubeconfig-${String(proxy.port)}.json`);
  const text = await readFile(kubeconfig, "utf8");
  await writeFile(file, text.replaceAll(server, `https://127.0.0.1:${String(proxy.port)}`));
  return { proxy, kubeconfig: file };
};
