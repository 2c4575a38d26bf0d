import {
  intersectIntervals,
  intervalPairs,
  intervalsContain,
  intervalsEqual,
  subtractIntervals,
  unionIntervals,
  type Intervals,
} from "./intervals.ts";

/** IANA protocol numbers that manifests name. */
export const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ["ICMP", 1],
  ["TCP", 6],
  ["UDP", 17],
  ["ICMPv6", 58],
  ["SCTP", 132],
  ["UDPLite", 136],
]);

const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([...PROTOCOLS].map(([name, number]) => [number, name]));

/** Every port of one protocol. */
const EVERY_PORT: Intervals<number> = [0, 65536];
const NO_INTERVALS: Intervals<number> = [];

/**
 * An exact set of (protocol number, destination port). A protocol that is not in the map is wholly in the set if `rest`
 * is true, wholly out otherwise; no entry of the map repeats what `rest` says already, so equal sets look equal.
 */
export interface PortSet {
  readonly rest: boolean;
  readonly protocols: ReadonlyMap<number, Intervals<number>>;
}

export const NO_PORTS: PortSet = { rest: false, protocols: new Map() };
export const ALL_PORTS: PortSet = { rest: true, protocols: new Map() };

const intervalsOf = (set: PortSet, protocol: number): Intervals<number> =>
  set.protocols.get(protocol) ?? (set.rest ? EVERY_PORT : NO_INTERVALS);

type Algebra = (a: Intervals<number>, b: Intervals<number>) => Intervals<number>;

const combine = (a: PortSet, b: PortSet, rest: boolean, algebra: Algebra): PortSet => {
  const protocols = new Map<number, Intervals<number>>();
  const implied = rest ? EVERY_PORT : NO_INTERVALS;
  const take = (protocol: number): void => {
    const ports = algebra(intervalsOf(a, protocol), intervalsOf(b, protocol));
    if (!intervalsEqual(ports, implied)) protocols.set(protocol, ports);
  };
  for (const protocol of a.protocols.keys()) take(protocol);
  for (const protocol of b.protocols.keys()) if (!a.protocols.has(protocol)) take(protocol);
  if (protocols.size > 0) return { rest, protocols };
  return rest ? ALL_PORTS : NO_PORTS;
};

/** Whether the set is empty. */
export const noPorts = (set: PortSet): boolean => !set.rest && set.protocols.size === 0;

/** Whether the set holds every port of every protocol. */
export const allPorts = (set: PortSet): boolean => set.rest && set.protocols.size === 0;

/** Ports in either set. */
export const unionPorts = (a: PortSet, b: PortSet): PortSet =>
  noPorts(a) || allPorts(b) ? b : noPorts(b) || allPorts(a) ? a : combine(a, b, a.rest || b.rest, unionIntervals);

/** Ports in any of the sets; merges by halves, so many small sets cost little more than sorting them. */
export const unionOfPorts = (sets: readonly PortSet[]): PortSet => {
  if (sets.length <= 1) return sets[0] ?? NO_PORTS;
  const half = sets.length >>> 1;
  return unionPorts(unionOfPorts(sets.slice(0, half)), unionOfPorts(sets.slice(half)));
};

/** Ports in both sets. */
export const intersectPorts = (a: PortSet, b: PortSet): PortSet =>
  allPorts(a) || noPorts(b) ? b : allPorts(b) || noPorts(a) ? a : combine(a, b, a.rest && b.rest, intersectIntervals);

/** Ports of `a` that are not in `b`. */
export const subtractPorts = (a: PortSet, b: PortSet): PortSet =>
  noPorts(a) || noPorts(b) ? a : allPorts(b) ? NO_PORTS : combine(a, b, a.rest && !b.rest, subtractIntervals);

/** Ports `first` to `last`, both included, of one protocol. */
export const portRange = (protocol: number, first: number, last: number): PortSet => ({
  rest: false,
  protocols: new Map([[protocol, [first, last + 1]]]),
});

/** Every port of one protocol. */
export const wholeProtocol = (protocol: number): PortSet => ({
  rest: false,
  protocols: new Map([[protocol, EVERY_PORT]]),
});

/** Whether the set holds this port of this protocol. */
export const hasPort = (set: PortSet, protocol: number, port: number): boolean =>
  intervalsContain(intervalsOf(set, protocol), port);

/** One (protocol, port) of the set to show as a witness, the lowest; undefined if the set is empty. */
export const firstPort = (set: PortSet): { readonly protocol: number; readonly port: number } | undefined => {
  const named = [...set.protocols].filter(([, ports]) => ports.length > 0).sort(([a], [b]) => a - b)[0];
  if (set.rest && !set.protocols.has(6)) return { protocol: 6, port: 1 };
  if (named !== undefined) return { protocol: named[0], port: Math.max(1, named[1][0] ?? 1) };
  if (!set.rest) return undefined;
  let protocol = 1;
  while (set.protocols.has(protocol)) protocol++;
  return { protocol, port: 1 };
};

/** The name of a protocol as manifests write it, or its number. */
export const protocolText = (protocol: number): string =>
  PROTOCOL_NAMES.get(protocol) ?? `protocol ${String(protocol)}`;

const rangesText = (protocol: number, ports: Intervals<number>): string =>
  intervalsEqual(ports, EVERY_PORT)
    ? `every ${protocolText(protocol)} port`
    : `${protocolText(protocol)} ${intervalPairs(ports)
        .map(([lo, hi]) => (hi - lo === 1 ? String(lo) : `${String(Math.max(1, lo))}-${String(hi - 1)}`))
        .join(",")}`;

/** The set in words: `TCP 3306`, `TCP 80,443 and UDP 53`, `every port`. */
export const portsText = (set: PortSet): string => {
  const parts = [...set.protocols].sort(([a], [b]) => a - b);
  if (!set.rest) return parts.map(([protocol, ports]) => rangesText(protocol, ports)).join(" and ") || "no port";
  if (parts.length === 0) return "every port";
  const exceptions = parts.map(([protocol, ports]) => rangesText(protocol, subtractIntervals(EVERY_PORT, ports)));
  return `every port but ${exceptions.join(" and ")}`;
};
