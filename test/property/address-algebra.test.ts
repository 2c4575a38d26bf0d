import fc from "fast-check";
import { expect, it } from "vitest";
import {
  addressCount,
  blockOf,
  hasAddress,
  intersectAddresses,
  noAddresses,
  NO_ADDRESSES,
  onlyFamily,
  prefixCount,
  subtractAddresses,
  unionAddresses,
  unionOfAddresses,
  type Address,
  type AddressSet,
} from "../../src/model/addresses.ts";
import { cidrsText, parseCidr } from "../../src/model/address-text.ts";
import { runs } from "./runs.ts";

/** The last sixteen addresses of each family: the end of the domain is where bounds go wrong. */
const UNIVERSE: readonly Address[] = [
  ...Array.from({ length: 16 }, (_, i): Address => ({ family: "ipv4", value: 2 ** 32 - 16 + i })),
  ...Array.from({ length: 16 }, (_, i): Address => ({ family: "ipv6", value: (1n << 128n) - 16n + BigInt(i) })),
];

const only = (address: Address): AddressSet => blockOf(address, address.family === "ipv4" ? 32 : 128);
const setOf = (members: readonly Address[]): AddressSet =>
  members.reduce((set, a) => unionAddresses(set, only(a)), NO_ADDRESSES);
const membersOf = (set: AddressSet): readonly Address[] => UNIVERSE.filter((address) => hasAddress(set, address));

const subsets = fc.subarray([...UNIVERSE]);

it("union, intersection and difference are those of sets", () => {
  fc.assert(
    fc.property(subsets, subsets, (a, b) => {
      const [left, right] = [setOf(a), setOf(b)];
      expect(membersOf(left)).toEqual(a);
      expect(membersOf(unionAddresses(left, right))).toEqual(UNIVERSE.filter((x) => a.includes(x) || b.includes(x)));
      expect(membersOf(intersectAddresses(left, right))).toEqual(a.filter((x) => b.includes(x)));
      expect(membersOf(subtractAddresses(left, right))).toEqual(a.filter((x) => !b.includes(x)));
    }),
    runs(300),
  );
});

it("the union of many is the union one by one, however many", () => {
  fc.assert(
    fc.property(fc.array(subsets, { maxLength: 9 }), (parts) => {
      const sets = parts.map(setOf);
      expect(unionOfAddresses(sets)).toEqual(sets.reduce(unionAddresses, NO_ADDRESSES));
    }),
    runs(200),
  );
});

it("counts, emptiness and families are those of sets", () => {
  fc.assert(
    fc.property(subsets, (members) => {
      const set = setOf(members);
      for (const family of ["ipv4", "ipv6"] as const) {
        const own = members.filter((address) => address.family === family);
        expect(addressCount(set, family)).toBe(BigInt(own.length));
        expect(membersOf(onlyFamily(set, family))).toEqual(own);
      }
      expect(noAddresses(set)).toBe(members.length === 0);
    }),
    runs(200),
  );
});

const blocks = fc.constantFrom("ipv4" as const, "ipv6" as const).chain((family) =>
  fc.record({
    address: fc
      .bigInt({ min: 0n, max: prefixCount(family, 0) - 1n })
      .map((value): Address => (family === "ipv4" ? { family, value: Number(value) } : { family, value })),
    bits: fc.integer({ min: 0, max: family === "ipv4" ? 32 : 128 }),
  }),
);

it("a block holds what shares its leading bits, and no more", () => {
  fc.assert(
    fc.property(blocks, blocks, ({ address, bits }, { address: other }) => {
      const block = blockOf(address, bits);
      const width = address.family === "ipv4" ? 32 : 128;
      const prefix = ({ value }: Address): bigint => BigInt(value) >> BigInt(width - bits);
      expect(hasAddress(block, address)).toBe(true);
      expect(hasAddress(block, other)).toBe(other.family === address.family && prefix(other) === prefix(address));
      expect(addressCount(block, address.family)).toBe(prefixCount(address.family, bits));
    }),
    runs(500),
  );
});

it("the text of a set lists blocks that make up the set", () => {
  fc.assert(
    fc.property(fc.array(blocks, { maxLength: 4 }), blocks, (parts, hole) => {
      const set = subtractAddresses(
        unionOfAddresses(parts.map(({ address, bits }) => blockOf(address, bits))),
        blockOf(hole.address, hole.bits),
      );
      const text = cidrsText(set, Infinity);
      const read = text === "" ? [] : text.split(", ").map((cidr) => parseCidr(cidr) ?? expect.fail(cidr));
      expect(unionOfAddresses(read)).toEqual(set);
    }),
    runs(300),
  );
});
