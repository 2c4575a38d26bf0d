import { isIP } from "node:net";
import fc, { type Arbitrary } from "fast-check";
import { expect, it } from "vitest";
import { addressText, parseAddress, parseCidr } from "../../src/model/address-text.ts";
import { blockOf, type Address } from "../../src/model/addresses.ts";
import { runs } from "./runs.ts";

const MAPPED = 0xffffn;

const ipv4: Arbitrary<Address> = fc.nat(2 ** 32 - 1).map((value) => ({ family: "ipv4", value }));

/** Groups are often zero, so that runs of zeros come in all places and lengths. */
const ipv6: Arbitrary<Address> = fc
  .array(fc.oneof(fc.constant(0n), fc.constantFrom(1n, 0xffffn), fc.bigInt({ min: 0n, max: 0xffffn })), {
    minLength: 8,
    maxLength: 8,
  })
  .map((groups) => groups.reduce((value, group) => (value << 16n) | group, 0n))
  .filter((value) => value >> 32n !== MAPPED)
  .map((value) => ({ family: "ipv6", value }));

const addresses = fc.oneof(ipv4, ipv6);

it("the text of an address reads as that address", () => {
  fc.assert(
    fc.property(addresses, (address) => {
      const text = addressText(address);
      expect(parseAddress(text)).toEqual(address);
      expect(isIP(text)).toBe(address.family === "ipv4" ? 4 : 6);
    }),
    runs(2000),
  );
});

it("the text of an IPv6 address is the one that URLs use", () => {
  fc.assert(
    fc.property(ipv6, (address) => {
      const { hostname } = new URL(`http://[${addressText(address)}]/`);
      expect(`[${addressText(address)}]`).toBe(hostname);
    }),
    runs(1000),
  );
});

const fragments = fc.constantFrom(
  "",
  "0",
  "1",
  "00",
  "01",
  "255",
  "256",
  "1.2.3.4",
  "ffff",
  "FFFF",
  "g",
  "10000",
  ".",
  "-1",
  " ",
);
const nearlyIpv4 = fc.array(fragments, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("."));
const nearlyIpv6 = fc.array(fragments, { minLength: 1, maxLength: 10 }).map((parts) => parts.join(":"));
const mangled = fc
  .tuple(addresses.map(addressText), fc.nat(40), fc.constantFrom("", ":", "::", ".", "0", "1.2.3.4", "/", "x"))
  .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1));

/** Leading zeros are read as decimal, as Kubernetes does: the one thing that node:net refuses and we do not. */
const hasLeadingZero = (text: string): boolean => /(^|[.:])0+[0-9]+(\.|$)/.test(text);

it("what is an address is what node:net takes for one, leading zeros of a quad aside", () => {
  fc.assert(
    fc.property(fc.oneof(nearlyIpv4, nearlyIpv6, mangled, fc.string()), (text) => {
      fc.pre(!text.includes("%") && !hasLeadingZero(text));
      expect({ text, valid: parseAddress(text) !== undefined }).toEqual({ text, valid: isIP(text) !== 0 });
    }),
    runs(5000),
  );
});

it("the text of a block reads as that block, with any host bits", () => {
  fc.assert(
    fc.property(addresses, fc.nat(128), (address, number) => {
      const bits = address.family === "ipv4" ? number % 33 : number;
      expect(parseCidr(`${addressText(address)}/${String(bits)}`)).toEqual(blockOf(address, bits));
    }),
    runs(1000),
  );
});
