import { describe, expect, it } from "vitest";
import { addressText, cidrsText, parseAddress, parseCidr } from "../../../src/model/address-text.ts";
import {
  ALL_ADDRESSES,
  blockOf,
  NO_ADDRESSES,
  subtractAddresses,
  unionOfAddresses,
  type AddressSet,
} from "../../../src/model/addresses.ts";

const block = (text: string): AddressSet => parseCidr(text) ?? expect.fail(`Expected a CIDR, got ${text}`);

describe("parseAddress", () => {
  it.each([
    ["0.0.0.0", "ipv4", 0],
    ["255.255.255.255", "ipv4", 2 ** 32 - 1],
    ["10.1.2.3", "ipv4", 0x0a010203],
    ["010.001.000.099", "ipv4", 0x0a010063],
    ["::ffff:10.1.2.3", "ipv4", 0x0a010203],
    ["::FFFF:a01:203", "ipv4", 0x0a010203],
    ["::", "ipv6", 0n],
    ["::1", "ipv6", 1n],
    ["1::", "ipv6", 1n << 112n],
    ["::1.2.3.4", "ipv6", 0x01020304n],
    ["::fffe:1.2.3.4", "ipv6", 0xfffe01020304n],
    ["1:2:3:4:5:6:7:8", "ipv6", 0x00010002000300040005000600070008n],
    ["1:2:3:4:5:6:1.2.3.4", "ipv6", 0x00010002000300040005000601020304n],
    ["1:2:3:4:5:6:7::", "ipv6", 0x00010002000300040005000600070000n],
    ["::2:3:4:5:6:7:8", "ipv6", 0x00000002000300040005000600070008n],
  ] as const)("reads %s", (text, family, value) => {
    expect(parseAddress(text)).toEqual({ family, value });
  });

  it.each([
    ...[
      "",
      "1",
      "1.2.3",
      "1.2.3.4.5",
      "256.0.0.1",
      "1.2.3.-4",
      "1.2.3.4 ",
      "1.2.3.4/32",
      "1.2.3.",
      ".1.2.3",
      "0x1.2.3.4",
    ],
    ...[
      ":",
      ":::",
      "1::2::3",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7:8::",
      "::1:2:3:4:5:6:7:8",
      "12345::",
    ],
    ...["g::", "1.2.3.4::", "1.2.3.4:1::", "::1.2.3.256", "::1.2.3", "fe80::1%eth0", "[::1]", "::1/128"],
    "1.2.3.0000000000000004",
  ])("refuses %j", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe("parseCidr", () => {
  it.each([
    ["10.0.0.0/8", "10.0.0.0/8"],
    ["010.0.0.1/8", "10.0.0.0/8"],
    ["10.1.2.3/16", "10.1.0.0/16"],
    ["1.2.3.4/32", "1.2.3.4/32"],
    ["1.2.3.4/0", "0.0.0.0/0"],
    ["1.2.3.4/024", "1.2.3.0/24"],
    ["::ffff:1.2.3.4/120", "1.2.3.0/24"],
    ["::ffff:1.2.3.4/96", "0.0.0.0/0"],
    ["::ffff:1.2.3.4/95", "::fffe:0:0/95"],
    ["::ffff:1.2.3.4/0", "::/0"],
    ["2001:DB8::1/32", "2001:db8::/32"],
    ["::1/128", "::1/128"],
    ["1:2:3:4:5:6:7:8/127", "1:2:3:4:5:6:7:8/127"],
  ])("reads %s as %s", (text, canonical) => {
    expect(cidrsText(block(text))).toBe(canonical);
  });

  it.each([
    ...["10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/8 ", "10.0.0/8", "x/8"],
    ...["::/129", "::/1000", "::ffff:1.2.3.4/129", "1:2/64", "10.0.0.0/+8", "10.0.0.0/a", "1234/8"],
  ])("refuses %j", (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });
});

describe("addressText", () => {
  it.each([
    "0.0.0.0",
    "255.254.253.252",
    "::",
    "::1",
    "1::",
    "1:0:2::",
    "::2:0:0:0",
    "1::2:0:0:3",
    "1:0:0:2::3",
    "1:2:3:4:5:6:7:8",
    "1:0:3:4:5:6:7:8",
    "10:0:100::a0",
    "2001:db8::ff:fe00:42",
  ])("prints %s as it was read", (text) => {
    expect(addressText(parseAddress(text) ?? expect.fail(text))).toBe(text);
  });

  it("shortens the first of two equal runs of zeros, and no lone zero", () => {
    expect(addressText({ family: "ipv6", value: 0x0001_0000_0000_0002_0000_0000_0003_0004n })).toBe("1::2:0:0:3:4");
    expect(addressText({ family: "ipv6", value: 0x0001_0000_0002_0003_0004_0005_0006_0007n })).toBe("1:0:2:3:4:5:6:7");
  });
});

describe("cidrsText", () => {
  const hole = subtractAddresses(block("10.0.0.0/8"), block("10.0.0.0/9"));

  it.each<[string, AddressSet, number | undefined]>([
    ["", NO_ADDRESSES, undefined],
    ["0.0.0.0/0, ::/0", ALL_ADDRESSES, undefined],
    ["10.128.0.0/9", hole, undefined],
    ["1.2.3.4/30, 1.2.3.8/32", unionOfAddresses(["1.2.3.4/30", "1.2.3.8/32"].map(block)), undefined],
    ["1.2.3.0/30, …", unionOfAddresses(["1.2.3.0/30", "1.2.3.8/32"].map(block)), 1],
    ["1.2.3.0/30, 1.2.3.8/32", unionOfAddresses(["1.2.3.0/30", "1.2.3.8/32"].map(block)), 2],
    ["1.2.3.4/32, 1.2.3.6/31", subtractAddresses(block("1.2.3.4/30"), block("1.2.3.5/32")), undefined],
    ["10.0.0.0/8, fd00::/8", unionOfAddresses([block("fd00::/8"), block("10.0.0.0/8")]), undefined],
    [
      "0.0.0.0/1, 128.0.0.0/2, 192.0.0.0/3, 224.0.0.0/4, …",
      subtractAddresses(block("0.0.0.0/0"), block("255.255.255.255/32")),
      undefined,
    ],
    [
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
      blockOf({ family: "ipv6", value: (1n << 128n) - 1n }, 128),
      undefined,
    ],
  ])("prints %j", (text, set, limit) => {
    expect(limit === undefined ? cidrsText(set) : cidrsText(set, limit)).toBe(text);
  });
});
