import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isEndpoint, namespaceOf, onHostNetwork } from "./cluster.ts";
import { type Scenario, scenarios } from "./generate.ts";
import type { Manifest } from "./manifests.ts";
import { type Packet, verdict } from "./reference.ts";
import { isValid } from "./validity.ts";

const samples = fc.sample(scenarios({ hostBits: true }), {
  numRuns: 1500,
  seed: 1,
});

function paths(objects: readonly Manifest[]): readonly string[] {
  return objects.map((object) =>
    object.kind === "Namespace"
      ? `Namespace ${object.metadata.name}`
      : `${object.kind} ${namespaceOf(object)}/${object.metadata.name}`,
  );
}

function ownAddresses(objects: readonly Manifest[]): readonly string[] {
  return objects
    .filter((object) => object.kind === "Pod")
    .filter((pod) => isEndpoint(pod) && !onHostNetwork(pod))
    .flatMap((pod) => (pod.status?.podIPs ?? []).map(({ ip }) => ip));
}

const states = samples.flatMap(({ before, after }) => [before, after]);

test("generated objects are valid, and unique by name and by address", () => {
  const invalid = states.flat().filter((object) => !isValid(object));
  expect(invalid).toEqual([]);
  for (const objects of states) {
    expect(new Set(paths(objects)).size).toBe(objects.length);
    const addresses = ownAddresses(objects);
    expect(new Set(addresses).size).toBe(addresses.length);
  }
});

test("the old object of a change is in the cluster, the new one is not", () => {
  for (const { before, change } of samples) {
    if (change.oldObject !== null) expect(before).toContain(change.oldObject);
    if (change.operation === "CREATE" && change.object !== null)
      expect(paths(before)).not.toContain(paths([change.object])[0]);
  }
});

test("nothing generated is undecided", () => {
  const verdicts = samples.flatMap(({ after, packets }) => packets.map((packet) => verdict(after, packet).allowed));
  expect(verdicts).not.toContain("undecided");
});

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length / items.length;
}

describe("often enough", () => {
  const probes = samples.flatMap((sample) => sample.packets.map((packet) => ({ ...sample, packet })));
  type Probe = Scenario & { readonly packet: Packet };
  const changed = ({ before, after, packet }: Probe) =>
    [verdict(before, packet).allowed, verdict(after, packet).allowed] as const;

  test("a packet is allowed, refused, opened, closed", () => {
    expect(share(probes, (p) => verdict(p.before, p.packet).allowed === true)).toBeGreaterThan(0.35);
    expect(share(probes, (p) => verdict(p.before, p.packet).allowed === false)).toBeGreaterThan(0.25);
    expect(share(probes, (p) => changed(p).join() === "false,true")).toBeGreaterThan(0.03);
    expect(share(probes, (p) => changed(p).join() === "true,false")).toBeGreaterThan(0.03);
  });

  test.each([
    "CREATE NetworkPolicy",
    "UPDATE NetworkPolicy",
    "DELETE NetworkPolicy",
    "CREATE Pod",
    "UPDATE Pod",
    "DELETE Pod",
    "UPDATE Namespace",
  ])("the change is %s", (wanted) => {
    const kinds = samples.map(({ change }) => {
      const kind = (change.object ?? change.oldObject)?.kind ?? "";
      return `${change.operation} ${kind}`;
    });
    expect(share(kinds, (kind) => kind === wanted)).toBeGreaterThan(0.05);
  });

  test.each([
    ...["hostNetwork", "initContainers", "Always", "Succeeded", "Pending"],
    ...["endPort", "ipBlock", "except", "10.244.1.77/24", "fd00:10:244::/48"],
    ...["NotIn", "In", "Exists", "DoesNotExist", "constructor", "toString"],
    ...["ingress", "egress", "policyTypes", "hasOwnProperty", "hostIPs"],
  ])("a cluster has %s", (word) => {
    const texts = states.map((objects) => JSON.stringify(objects));
    expect(share(texts, (text) => text.includes(`"${word}"`))).toBeGreaterThan(0.02);
  });
});
