import { pino } from "pino";
import { afterEach, expect, it } from "vitest";
import { watchEnforcement } from "../../../src/cluster/enforcement-watch.ts";
import { compileManifests, manifestsIn } from "../../../src/cluster/manifest-files.ts";
import { ClusterIndex } from "../../../src/engine/cluster-index.ts";

const soon = { timeout: 10_000, interval: 5 };
let stop: (() => void) | undefined;
afterEach(() => stop?.());

it("says at once whether policies are enforced, and once more whenever that changes", async () => {
  const index = new ClusterIndex();
  const lines: { readonly level: number; readonly policies: string; readonly plugins: readonly string[] }[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const said = () => lines.map(({ level, policies, plugins }) => [pino.levels.labels[level], policies, plugins]);
  const install = (namespace: string, name: string): void => {
    const manifest = `{ apiVersion: apps/v1, kind: DaemonSet, metadata: { namespace: ${namespace}, name: ${name} } }`;
    for (const { object } of compileManifests(manifestsIn(manifest, "a.yaml"))) index.upsert(object);
  };

  stop = watchEnforcement(index, log, 1);
  const first = ["warn", "unknown", []];
  expect(said()).toEqual([first]);
  install("kube-flannel", "kube-flannel-ds");
  const second = ["warn", "ignored", ["Flannel"]];
  await expect.poll(said, soon).toEqual([first, second]);
  install("calico-system", "calico-node");
  const third = ["info", "enforced", ["Calico", "Flannel"]];
  await expect.poll(said, soon).toEqual([first, second, third]);
});
