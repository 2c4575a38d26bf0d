import fc, { type Arbitrary } from "fast-check";
import { expect, it } from "vitest";
import {
  ALL_PORTS,
  allPorts,
  firstPort,
  hasPort,
  intersectPorts,
  NO_PORTS,
  noPorts,
  portRange,
  portsText,
  subtractPorts,
  unionPorts,
  wholeProtocol,
  type PortSet,
} from "../../src/model/ports.ts";
import { runs } from "./runs.ts";

const PROTOCOLS = [1, 6, 17, 132] as const;
/** Where ranges may begin; the last reaches to the end. */
const PORTS = [0, 1, 2, 3, 80, 81, 65534, 65535] as const;

/** A set by what it holds of the sampled points, one bit each, beside the set that the algebra made. */
interface Modelled {
  readonly points: bigint;
  readonly set: PortSet;
}

/** One protocol that no range names stands for all others. */
const POINTS = [...PROTOCOLS, 200].flatMap((protocol) => PORTS.map((port) => ({ protocol, port })));
const EVERY_POINT = (1n << BigInt(POINTS.length)) - 1n;

const pointsWhere = (holds: (protocol: number, port: number) => boolean): bigint =>
  POINTS.reduce((bits, { protocol, port }, i) => (holds(protocol, port) ? bits | (1n << BigInt(i)) : bits), 0n);

const ranges: Arbitrary<Modelled> = fc
  .tuple(fc.constantFrom(...PROTOCOLS), fc.nat(PORTS.length - 1), fc.nat(PORTS.length - 1))
  .map(([protocol, i, j]) => {
    const first = PORTS[Math.min(i, j)] ?? 0;
    const last = (PORTS[Math.max(i, j) + 1] ?? 65536) - 1;
    return {
      points: pointsWhere((p, port) => p === protocol && port >= first && port <= last),
      set: portRange(protocol, first, last),
    };
  });
const protocols = fc
  .constantFrom(...PROTOCOLS)
  .map((protocol): Modelled => ({ points: pointsWhere((p) => p === protocol), set: wholeProtocol(protocol) }));
const extremes = fc.constantFrom<Modelled>({ points: 0n, set: NO_PORTS }, { points: EVERY_POINT, set: ALL_PORTS });

const operations = [
  (a: Modelled, b: Modelled): Modelled => ({ points: a.points | b.points, set: unionPorts(a.set, b.set) }),
  (a: Modelled, b: Modelled): Modelled => ({ points: a.points & b.points, set: intersectPorts(a.set, b.set) }),
  (a: Modelled, b: Modelled): Modelled => ({ points: a.points & ~b.points, set: subtractPorts(a.set, b.set) }),
] as const;

const { sets } = fc.letrec<{ sets: Modelled }>((tie) => ({
  sets: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(ranges, protocols, extremes),
    fc.tuple(tie("sets"), tie("sets"), fc.constantFrom(...operations)).map(([a, b, join]) => join(a, b)),
  ),
}));

it("whatever was joined, met or taken away, the set holds what it should", () => {
  fc.assert(
    fc.property(sets, ({ points, set }) => {
      expect(pointsWhere((protocol, port) => hasPort(set, protocol, port))).toBe(points);
      expect(noPorts(set)).toBe(points === 0n);
      expect(allPorts(set)).toBe(points === EVERY_POINT);
    }),
    runs(1000),
  );
});

it("equal sets look equal and have one text; others have others", () => {
  fc.assert(
    fc.property(sets, sets, (a, b) => {
      const [left, right] = [a, b].map(({ set }) => ({ rest: set.rest, ports: new Map([...set.protocols].sort()) }));
      if (a.points === b.points) expect(left).toEqual(right);
      else expect(left).not.toEqual(right);
      if (a.points === b.points) expect(portsText(a.set)).toBe(portsText(b.set));
    }),
    runs(1000),
  );
});

/** Port 0 of every protocol: no packet goes there. */
const zero = PROTOCOLS.map((protocol) => portRange(protocol, 0, 0)).reduce(unionPorts, NO_PORTS);

it("the first port is one of the set, and there is one unless the set is empty", () => {
  fc.assert(
    fc.property(sets, ({ set }) => {
      const first = firstPort(subtractPorts(set, zero));
      if (noPorts(subtractPorts(set, zero))) expect(first).toBeUndefined();
      else expect(first !== undefined && hasPort(set, first.protocol, first.port)).toBe(true);
    }),
    runs(500),
  );
});
