import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressReach, blockGrants, portSegments, subtractGrants, type Grant } from "../../src/engine/grants.ts";
import { parseAddress, parseCidr } from "../../src/model/address-text.ts";
import { hasAddress, NO_ADDRESSES, type Address } from "../../src/model/addresses.ts";
import { DIRECTIONS, type Direction } from "../../src/model/policies.ts";
import {
  ALL_PORTS,
  hasPort,
  intersectPorts,
  noPorts,
  NO_PORTS,
  portRange,
  PROTOCOLS,
  subtractPorts,
  unionPorts,
  wholeProtocol,
} from "../../src/model/ports.ts";
import { verdict } from "../reference/reference.ts";
import { crowdedClusters } from "./crowded-clusters.ts";
import { runs } from "./runs.ts";
import { classNamed, indexOf, podsOf } from "./world.ts";

const addressOf = (text: string): Address => parseAddress(text) ?? expect.fail(text);
const tick = (): void => undefined;

/** Outside every pod and node, at the bounds of generated blocks and beside them. */
const OUTSIDE = [
  ...["0.0.0.0", "8.8.8.8", "127.255.255.255", "128.0.0.0", "10.0.0.0", "10.243.255.255", "10.245.0.0"],
  ...["10.244.1.3", "10.244.1.126", "10.244.2.127", "192.168.7.7", "203.0.113.6", "203.0.113.7", "255.255.255.255"],
  ...["::", "2001:db8::7", "2001:db9::", "fd00::1", "fd00:10:244:1::ffff", "fd00:10:244:2::ff00", "fe80::1"],
];
const PORTS = [1, 53, 79, 80, 443, 8081, 65535].flatMap((port) => [
  { protocol: "TCP", port },
  { protocol: "UDP", port },
]);

const isOpen = (grants: readonly Grant[], protocol: string, port: number, address: Address): boolean =>
  grants.some(
    (grant) => hasPort(grant.ports, PROTOCOLS.get(protocol) ?? 0, port) && hasAddress(grant.addresses, address),
  );

describe("what an endpoint is open to by address", () => {
  it("is what the reference allows, address by address and port by port", () => {
    fc.assert(
      fc.property(
        crowdedClusters(),
        fc.constantFrom(...OUTSIDE),
        fc.constantFrom(...DIRECTIONS),
        (objects, ip, direction) => {
          const index = indexOf(objects);
          for (const pod of podsOf(objects)) {
            const cls = classNamed(index, pod);
            const family = addressOf(ip).family;
            if (cls.addresses.length > 0 && !cls.addresses.some((own) => own.family === family)) continue;
            const grants = addressReach(index, cls, direction, tick);
            for (const { protocol, port } of PORTS) {
              const [from, to] = direction === "ingress" ? [ip, pod] : [pod, ip];
              const { [direction]: allowed } = verdict(objects, { from, to, protocol, port });
              const open = isOpen(grants, protocol, port, addressOf(ip));
              expect({ from, to, protocol, port, open }).toEqual({ from, to, protocol, port, open: allowed });
            }
          }
        },
      ),
      runs(150),
    );
  });

  it("comes in boxes that do not overlap", () => {
    fc.assert(
      fc.property(crowdedClusters(), (objects) => {
        const index = indexOf(objects);
        for (const pod of podsOf(objects))
          for (const direction of DIRECTIONS) {
            const grants = addressReach(index, classNamed(index, pod), direction, tick);
            for (const [i, grant] of grants.entries())
              expect(subtractGrants([grant], grants.slice(i + 1), tick)).toEqual([grant]);
          }
      }),
      runs(60),
    );
  });

  it("is, where policies only allow, what their blocks grant together", () => {
    fc.assert(
      fc.property(crowdedClusters(), (objects) => {
        const index = indexOf(objects);
        const check = (pod: string, direction: Direction): void => {
          const cls = classNamed(index, pod);
          const governing = index.governing(cls, direction);
          if (governing.length === 0) return;
          const blocks = blockGrants(
            governing.flatMap(({ policies }) => policies),
            direction,
            cls,
          );
          const grants = addressReach(index, cls, direction, tick);
          expect(subtractGrants(grants, blocks, tick)).toEqual([]);
          expect(subtractGrants(blocks, grants, tick)).toEqual([]);
        };
        for (const pod of podsOf(objects)) for (const direction of DIRECTIONS) check(pod, direction);
      }),
      runs(100),
    );
  });
});

const portSets = fc
  .array(
    fc.constantFrom(
      NO_PORTS,
      ALL_PORTS,
      wholeProtocol(17),
      portRange(6, 80, 90),
      portRange(6, 85, 443),
      portRange(132, 1, 1),
    ),
    { maxLength: 3 },
  )
  .map((parts) => parts.reduce(unionPorts, NO_PORTS));

it("port segments cut all ports into parts that no set tells apart", () => {
  fc.assert(
    fc.property(fc.array(portSets, { maxLength: 5 }), (sets) => {
      const segments = portSegments(sets, tick);
      expect(segments.reduce(unionPorts, NO_PORTS)).toEqual(ALL_PORTS);
      for (const [i, segment] of segments.entries()) {
        expect(noPorts(segment)).toBe(false);
        for (const other of segments.slice(i + 1)) expect(noPorts(intersectPorts(segment, other))).toBe(true);
        for (const set of sets)
          expect(noPorts(intersectPorts(segment, set)) || noPorts(subtractPorts(segment, set))).toBe(true);
      }
    }),
    runs(300),
  );
});

const boxes = fc.array(
  fc.record({
    ports: portSets.filter((set) => !noPorts(set)),
    addresses: fc
      .constantFrom("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "::/0")
      .map((text) => parseCidr(text) ?? NO_ADDRESSES),
  }),
  { maxLength: 4 },
);

it("what is left of boxes is what is in them and in none of those taken away", () => {
  fc.assert(
    fc.property(boxes, boxes, (all, taken) => {
      const left = subtractGrants(all, taken, tick);
      for (const ip of ["9.9.9.9", "10.0.0.1", "10.1.0.1", "::1"])
        for (const port of [1, 80, 85, 443, 444])
          for (const protocol of ["TCP", "UDP", "SCTP"]) {
            const inside = (list: readonly Grant[]): boolean => isOpen(list, protocol, port, addressOf(ip));
            expect(inside(left)).toBe(inside(all) && !inside(taken));
          }
    }),
    runs(300),
  );
});
