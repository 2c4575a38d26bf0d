import { describe, expect, it } from "vitest";
import { parseCidr } from "../../../src/model/address-text.ts";
import {
  addressCount,
  ALL_ADDRESSES,
  blockOf,
  hasAddress,
  noAddresses,
  NO_ADDRESSES,
  onlyFamily,
  prefixCount,
  subtractAddresses,
  unionAddresses,
  unionOfAddresses,
} from "../../../src/model/addresses.ts";

const block = (text: string) => parseCidr(text) ?? NO_ADDRESSES;

describe("sets of addresses", () => {
  it("count exactly, family by family", () => {
    expect(addressCount(ALL_ADDRESSES, "ipv4")).toBe(2n ** 32n);
    expect(addressCount(ALL_ADDRESSES, "ipv6")).toBe(2n ** 128n);
    expect(addressCount(subtractAddresses(ALL_ADDRESSES, block("::1/128")), "ipv6")).toBe(2n ** 128n - 1n);
    expect(addressCount(NO_ADDRESSES, "ipv4")).toBe(0n);
  });

  it.each([
    ["ipv4", 0, 2n ** 32n],
    ["ipv4", 32, 1n],
    ["ipv6", 0, 2n ** 128n],
    ["ipv6", 64, 2n ** 64n],
  ] as const)("a prefix of %s/%i holds %i addresses", (family, bits, count) => {
    expect(prefixCount(family, bits)).toBe(count);
  });

  it("are empty only if both families are", () => {
    expect(noAddresses(NO_ADDRESSES)).toBe(true);
    expect(noAddresses(block("10.0.0.0/8"))).toBe(false);
    expect(noAddresses(block("fd00::/8"))).toBe(false);
  });

  it("never match an address of the other family", () => {
    const everyIpv4 = onlyFamily(ALL_ADDRESSES, "ipv4");
    expect(hasAddress(everyIpv4, { family: "ipv6", value: 1n })).toBe(false);
    expect(hasAddress(onlyFamily(ALL_ADDRESSES, "ipv6"), { family: "ipv4", value: 1 })).toBe(false);
    expect(unionAddresses(everyIpv4, onlyFamily(ALL_ADDRESSES, "ipv6"))).toEqual(ALL_ADDRESSES);
  });

  it("of one part are that part, of none nothing", () => {
    expect(unionOfAddresses([])).toBe(NO_ADDRESSES);
    expect(unionOfAddresses([ALL_ADDRESSES])).toBe(ALL_ADDRESSES);
  });

  it("merge halves of a block into the block", () => {
    expect(unionOfAddresses(["10.0.0.0/9", "10.128.0.0/10", "10.192.0.0/10"].map(block))).toEqual(block("10.0.0.0/8"));
  });
});

describe("blockOf", () => {
  it.each([
    ["203.0.113.7", 0xcb007107, 24, "203.0.113.0/24"],
    ["the highest address", 2 ** 32 - 1, 1, "128.0.0.0/1"],
    ["the highest address", 2 ** 32 - 1, 32, "255.255.255.255/32"],
  ])("masks %s", (_, value, bits, text) => {
    expect(blockOf({ family: "ipv4", value }, bits)).toEqual(block(text));
  });

  it("masks IPv6", () => {
    expect(blockOf({ family: "ipv6", value: 0xfd00n << 112n }, 8)).toEqual(block("fd00::/8"));
  });
});
