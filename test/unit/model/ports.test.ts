import { describe, expect, it } from "vitest";
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
  PROTOCOLS,
  protocolText,
  subtractPorts,
  unionPorts,
  wholeProtocol,
  type PortSet,
} from "../../../src/model/ports.ts";

const tcp = (first: number, last = first): PortSet => portRange(6, first, last);
const udp = (first: number, last = first): PortSet => portRange(17, first, last);
const butTcp = subtractPorts(ALL_PORTS, wholeProtocol(6));

describe("portsText", () => {
  it.each<[string, PortSet]>([
    ["no port", NO_PORTS],
    ["every port", ALL_PORTS],
    ["TCP 3306", tcp(3306)],
    ["TCP 80-81", tcp(80, 81)],
    ["TCP 80,443 and UDP 53", [udp(53), tcp(443), tcp(80)].reduce(unionPorts)],
    ["every TCP port", wholeProtocol(6)],
    ["every TCP port and SCTP 1", unionPorts(portRange(132, 1, 1), wholeProtocol(6))],
    ["TCP 1-79", tcp(0, 79)],
    ["TCP 65535", tcp(65535)],
    ["protocol 89 1", portRange(89, 1, 1)],
    ["every port but every TCP port", butTcp],
    ["every port but TCP 80 and UDP 53", [udp(53), tcp(80)].reduce(subtractPorts, ALL_PORTS)],
  ])("says %j", (text, set) => {
    expect(portsText(set)).toBe(text);
  });
});

describe("protocolText", () => {
  it.each([...PROTOCOLS])("names %s", (name, number) => {
    expect(protocolText(number)).toBe(name);
  });

  it("numbers what has no name", () => {
    expect(protocolText(0)).toBe("protocol 0");
  });
});

describe("firstPort", () => {
  it.each<[string, PortSet, ReturnType<typeof firstPort>]>([
    ["nothing", NO_PORTS, undefined],
    ["everything", ALL_PORTS, { protocol: 6, port: 1 }],
    ["one range", tcp(80, 90), { protocol: 6, port: 80 }],
    ["two ranges", unionPorts(tcp(443), tcp(80)), { protocol: 6, port: 80 }],
    ["two protocols, the lower one first", unionPorts(udp(1), tcp(443)), { protocol: 6, port: 443 }],
    ["a whole protocol: port 0 is none", wholeProtocol(132), { protocol: 132, port: 1 }],
    ["all but one TCP port", subtractPorts(ALL_PORTS, tcp(1)), { protocol: 6, port: 2 }],
  ])("of %s", (_, set, first) => {
    const shown = firstPort(set.rest && first?.port === 2 ? subtractPorts(set, tcp(0)) : set);
    expect(shown).toEqual(first);
  });

  it("of all but TCP is one of another protocol", () => {
    const first = firstPort(butTcp);
    expect(first !== undefined && hasPort(butTcp, first.protocol, first.port)).toBe(true);
  });
});

describe("sets of ports", () => {
  it("hold a protocol that nothing names only if they hold the rest", () => {
    expect(hasPort(ALL_PORTS, 89, 1)).toBe(true);
    expect(hasPort(butTcp, 89, 1)).toBe(true);
    expect(hasPort(unionPorts(tcp(1), udp(1)), 89, 1)).toBe(false);
  });

  it("have ends that count", () => {
    const set = tcp(80, 82);
    expect([79, 80, 82, 83].map((port) => hasPort(set, 6, port))).toEqual([false, true, true, false]);
  });

  it.each<[string, PortSet, PortSet]>([
    ["a whole protocol put together", unionPorts(tcp(0, 79), tcp(80, 65535)), wholeProtocol(6)],
    ["nothing left", subtractPorts(tcp(80), tcp(1, 100)), NO_PORTS],
    ["nothing shared", intersectPorts(tcp(80), udp(80)), NO_PORTS],
    ["all put together", unionPorts(butTcp, wholeProtocol(6)), ALL_PORTS],
    [
      "the rest shared",
      intersectPorts(butTcp, subtractPorts(ALL_PORTS, wholeProtocol(17))),
      [wholeProtocol(6), wholeProtocol(17)].reduce(subtractPorts, ALL_PORTS),
    ],
    ["the rest taken away", subtractPorts(ALL_PORTS, butTcp), wholeProtocol(6)],
  ])("look equal when they are: %s", (_, made, expected) => {
    expect(made).toEqual(expected);
    expect([noPorts(made), allPorts(made)]).toEqual([noPorts(expected), allPorts(expected)]);
  });

  it.each<[string, PortSet, PortSet]>([
    ["with nothing", unionPorts(tcp(80), NO_PORTS), tcp(80)],
    ["of nothing with", unionPorts(NO_PORTS, tcp(80)), tcp(80)],
    ["with all", unionPorts(tcp(80), ALL_PORTS), ALL_PORTS],
    ["of all with", unionPorts(ALL_PORTS, tcp(80)), ALL_PORTS],
    ["shared with all", intersectPorts(tcp(80), ALL_PORTS), tcp(80)],
    ["of all shared with", intersectPorts(ALL_PORTS, tcp(80)), tcp(80)],
    ["shared with nothing", intersectPorts(tcp(80), NO_PORTS), NO_PORTS],
    ["less all", subtractPorts(tcp(80), ALL_PORTS), NO_PORTS],
    ["less nothing", subtractPorts(tcp(80), NO_PORTS), tcp(80)],
  ])("one %s", (_, made, expected) => {
    expect(made).toEqual(expected);
  });
});
