import fc from "fast-check";
import { expect, it } from "vitest";
import { connections } from "../../src/engine/connections.ts";
import { explainPacket, type Port } from "../../src/engine/explain.ts";
import { answerProbe } from "../../src/engine/probe.ts";
import { classReach, endPairs, type Reach } from "../../src/engine/reach.ts";
import { hasPort, PROTOCOLS } from "../../src/model/ports.ts";
import type { Manifest } from "../reference/manifests.ts";
import { verdict } from "../reference/reference.ts";
import { crowdedClusters } from "./crowded-clusters.ts";
import { oddClusters } from "./odd-clusters.ts";
import { runs } from "./runs.ts";
import { classNamed, indexOf, memberNames, podsOf } from "./world.ts";

/** Every port at which a generated policy begins or ends something, and one beside it. */
const PORTS: readonly (Port & { readonly text: string })[] = ["TCP", "UDP", "SCTP"].flatMap((text) =>
  [1, 2, 53, 54, 79, 80, 81, 82, 443, 444, 8080, 8081, 8082, 65534, 65535].map((port) => ({
    text,
    protocol: PROTOCOLS.get(text) ?? 0,
    port,
  })),
);

const at = ({ ports, unsure }: Reach, { protocol, port }: Port): boolean | "undecided" =>
  hasPort(ports, protocol, port) ? true : hasPort(unsure, protocol, port) ? "undecided" : false;

const clusters = fc.oneof(crowdedClusters(), oddClusters("anything"));

const isPoliced = (objects: readonly Manifest[], name: string): boolean => {
  const pod = objects.find(
    ({ kind, metadata }) => kind === "Pod" && `${metadata.namespace ?? "default"}/${metadata.name}` === name,
  );
  return pod?.kind === "Pod" && pod.spec?.hostNetwork !== true;
};

it("a set of ports holds just the ports that are allowed one by one", () => {
  fc.assert(
    fc.property(clusters, (objects) => {
      const index = indexOf(objects);
      const pods = podsOf(objects).filter((pod) => isPoliced(objects, pod));
      for (const from of pods)
        for (const to of pods) {
          if (from === to) continue;
          const [source, destination] = [classNamed(index, from), classNamed(index, to)];
          const reach = classReach(index, source, destination);
          for (const port of PORTS) {
            const probe = { from, to, protocol: port.text, port: port.port };
            const packets = endPairs(source, destination).map(([a, b]) => explainPacket(index, a, b, port).allowed);
            expect({ ...probe, allowed: at(reach, port) }).toEqual({
              ...probe,
              allowed: answerProbe(index, probe).allowed,
            });
            expect(packets).toContain(at(reach, port));
          }
        }
    }),
    runs(60),
  );
});

it("a set of ports holds just the ports that the reference allows", () => {
  fc.assert(
    fc.property(crowdedClusters(), (objects) => {
      const index = indexOf(objects);
      const pods = podsOf(objects).filter((pod) => isPoliced(objects, pod));
      const wrong = pods.flatMap((from) =>
        pods
          .filter((to) => to !== from)
          .flatMap((to) => {
            const reach = classReach(index, classNamed(index, from), classNamed(index, to));
            return PORTS.filter(
              (port) =>
                at(reach, port) !== verdict(objects, { from, to, protocol: port.text, port: port.port }).allowed,
            ).map((port) => `${from} → ${to} ${port.text} ${String(port.port)}`);
          }),
      );
      expect(wrong).toEqual([]);
    }),
    runs(60),
  );
});

it("connections are all pairs of classes between which something passes or may", () => {
  fc.assert(
    fc.property(clusters, (objects) => {
      const index = indexOf(objects);
      const pods = podsOf(objects).filter((pod) => isPoliced(objects, pod));
      const found = [...connections(index)].flatMap(({ from, to }) =>
        memberNames(from).flatMap((a) => memberNames(to).flatMap((b) => (a === b ? [] : [`${a} → ${b}`]))),
      );
      const open = pods.flatMap((a) =>
        pods.flatMap((b) => {
          const { ports, unsure } = classReach(index, classNamed(index, a), classNamed(index, b));
          const passes = ports.rest || unsure.rest || ports.protocols.size > 0 || unsure.protocols.size > 0;
          return a !== b && passes ? [`${a} → ${b}`] : [];
        }),
      );
      expect(found.sort()).toEqual(open.sort());
    }),
    runs(100),
  );
});
