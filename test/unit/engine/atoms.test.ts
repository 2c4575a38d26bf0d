import { describe, expect, it } from "vitest";
import { AtomMembers } from "../../../src/engine/atoms.ts";
import { parseAddress, parseCidr } from "../../../src/model/address-text.ts";
import type { Address, AddressSet } from "../../../src/model/addresses.ts";

const address = (text: string): Address => parseAddress(text) ?? expect.fail(text);
const block = (text: string): AddressSet => parseCidr(text) ?? expect.fail(text);

describe("atoms", () => {
  it("of one family are one until a block cuts them", () => {
    const atoms = new AtomMembers<string>();
    const text = (...ips: readonly string[]): string => atoms.text(ips.map(address));
    expect(text("10.0.0.1")).toBe(text("203.0.113.7"));
    expect(text("10.0.0.1")).not.toBe(text("::1"));
    atoms.cut([block("10.0.0.0/8")]);
    expect(text("10.0.0.1")).toBe(text("10.255.255.255"));
    expect(text("10.0.0.1")).not.toBe(text("9.255.255.255"));
    expect(text("11.0.0.0")).not.toBe(text("10.255.255.255"));
    expect(text("::1")).toBe(text("fd00::1"));
    atoms.cut([block("fd00::/8")]);
    expect(text("::1")).not.toBe(text("fd00::1"));
    expect(text("10.0.0.1", "fd00::1")).not.toBe(text("10.0.0.1"));
    expect(text()).toBe("");
  });

  it("name who has to be sorted anew: those of the atoms that were cut", () => {
    const atoms = new AtomMembers<string>();
    for (const ip of ["10.0.0.1", "10.0.0.200", "192.0.2.1", "fd00::1"]) atoms.add(address(ip), ip);
    expect([...atoms.cut([block("10.0.0.0/8")])].sort()).toEqual(["10.0.0.1", "10.0.0.200", "192.0.2.1"]);
    for (const ip of ["10.0.0.1", "10.0.0.200", "192.0.2.1"]) atoms.add(address(ip), ip);
    expect([...atoms.cut([block("10.0.0.128/25")])].sort()).toEqual(["10.0.0.1", "10.0.0.200"]);
    expect([...atoms.cut([block("10.0.0.128/25"), block("10.0.0.0/8")])]).toEqual([]);
    expect([...atoms.cut([block("fd00::1/128")])]).toEqual(["fd00::1"]);
  });

  it("forget who was taken out", () => {
    const atoms = new AtomMembers<string>();
    for (const value of ["a", "b"]) atoms.add(address("10.0.0.1"), value);
    atoms.remove(address("10.0.0.1"), "a");
    atoms.remove(address("10.0.0.1"), "nobody");
    expect([...atoms.cut([block("10.0.0.0/8")])]).toEqual(["b"]);
  });
});
