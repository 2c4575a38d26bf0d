import {
  intersectIntervals,
  intervalsContain,
  sizeOf,
  subtractIntervals,
  unionIntervals,
  type Intervals,
} from "./intervals.ts";

/** IP family; the two never match each other. */
export type Family = "ipv4" | "ipv6";

/** An exact set of addresses: IPv4 as 32-bit numbers, IPv6 as 128-bit bigints. */
export interface AddressSet {
  readonly ipv4: Intervals<number>;
  readonly ipv6: Intervals<bigint>;
}

/** One address, by family. */
export type Address =
  { readonly family: "ipv4"; readonly value: number } | { readonly family: "ipv6"; readonly value: bigint };

const IPV4_END = 2 ** 32;
const IPV6_END = 1n << 128n;

export const NO_ADDRESSES: AddressSet = { ipv4: [], ipv6: [] };
export const ALL_ADDRESSES: AddressSet = { ipv4: [0, IPV4_END], ipv6: [0n, IPV6_END] };

/** Addresses in either set. */
export const unionAddresses = (a: AddressSet, b: AddressSet): AddressSet => ({
  ipv4: unionIntervals(a.ipv4, b.ipv4),
  ipv6: unionIntervals(a.ipv6, b.ipv6),
});

/** Addresses in any of the sets; merges by halves, so many small sets cost little more than sorting them. */
export const unionOfAddresses = (sets: readonly AddressSet[]): AddressSet => {
  if (sets.length <= 1) return sets[0] ?? NO_ADDRESSES;
  const half = sets.length >>> 1;
  return unionAddresses(unionOfAddresses(sets.slice(0, half)), unionOfAddresses(sets.slice(half)));
};

/** Addresses in both sets. */
export const intersectAddresses = (a: AddressSet, b: AddressSet): AddressSet => ({
  ipv4: intersectIntervals(a.ipv4, b.ipv4),
  ipv6: intersectIntervals(a.ipv6, b.ipv6),
});

/** Addresses of `a` that are not in `b`. */
export const subtractAddresses = (a: AddressSet, b: AddressSet): AddressSet => ({
  ipv4: subtractIntervals(a.ipv4, b.ipv4),
  ipv6: subtractIntervals(a.ipv6, b.ipv6),
});

/** Whether the set holds no address of either family. */
export const noAddresses = (set: AddressSet): boolean => set.ipv4.length === 0 && set.ipv6.length === 0;

/** Whether `address` is in `set`. */
export const hasAddress = (set: AddressSet, address: Address): boolean =>
  address.family === "ipv4" ? intervalsContain(set.ipv4, address.value) : intervalsContain(set.ipv6, address.value);

/** How many addresses of `family` the set holds; exact. */
export const addressCount = (set: AddressSet, family: Family): bigint =>
  family === "ipv4" ? BigInt(sizeOf(set.ipv4, 0)) : sizeOf(set.ipv6, 0n);

/** How many addresses a prefix of `bits` bits holds. */
export const prefixCount = (family: Family, bits: number): bigint =>
  1n << BigInt((family === "ipv4" ? 32 : 128) - bits);

/** The addresses of one family alone. */
export const onlyFamily = (set: AddressSet, family: Family): AddressSet =>
  family === "ipv4" ? { ipv4: set.ipv4, ipv6: [] } : { ipv4: [], ipv6: set.ipv6 };

/** The block of `bits` leading bits that `address` lies in: host bits are masked. */
export const blockOf = (address: Address, bits: number): AddressSet => {
  if (address.family === "ipv4") {
    const size = 2 ** (32 - bits);
    const lo = Math.floor(address.value / size) * size;
    return { ipv4: [lo, lo + size], ipv6: [] };
  }
  const shift = BigInt(128 - bits);
  const lo = (address.value >> shift) << shift;
  return { ipv4: [], ipv6: [lo, lo + (1n << shift)] };
};
