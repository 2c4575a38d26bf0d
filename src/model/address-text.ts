import { blockOf, type Address, type AddressSet } from "./addresses.ts";
import { intervalPairs } from "./intervals.ts";

/** IPv4 mapped into IPv6, `::ffff:0:0/96`: Go's net package, and so the data planes, read it as IPv4. */
const MAPPED_PREFIX = 0xffffn;

/**
 * A dotted quad as 32 bits. Leading zeros are decimal, as Kubernetes' sloppy parser reads stored objects
 * (https://pkg.go.dev/k8s.io/utils/net#ParseIPSloppy).
 */
const parseQuad = (text: string): number | undefined => {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^[0-9]{1,15}$/.test(part)) return undefined;
    const octet = Number(part);
    if (octet > 255) return undefined;
    value = value * 256 + octet;
  }
  return value;
};

/** The 16-bit groups of one side of `::`; the last may be a dotted quad. */
const parseGroups = (text: string, quadAllowed: boolean): readonly bigint[] | undefined => {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(BigInt(`0x${part}`));
      continue;
    }
    const quad = quadAllowed && index === parts.length - 1 ? parseQuad(part) : undefined;
    if (quad === undefined) return undefined;
    groups.push(BigInt(quad >>> 16), BigInt(quad & 0xffff));
  }
  return groups;
};

const parseIpv6 = (text: string): bigint | undefined => {
  const sides = text.split("::");
  if (sides.length > 2) return undefined;
  const head = parseGroups(sides[0] ?? "", sides.length === 1);
  const tail = sides[1] === undefined ? [] : parseGroups(sides[1], true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (sides.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...tail];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
};

/** Parses an IP address as Kubernetes reads it; undefined if it is none. An IPv4-mapped one is IPv4. */
export const parseAddress = (text: string): Address | undefined => {
  const quad = parseQuad(text);
  if (quad !== undefined) return { family: "ipv4", value: quad };
  const value = text.includes(":") ? parseIpv6(text) : undefined;
  if (value === undefined) return undefined;
  return value >> 32n === MAPPED_PREFIX
    ? { family: "ipv4", value: Number(value & 0xffffffffn) }
    : { family: "ipv6", value };
};

/** Parses a CIDR, masking host bits; undefined if it is none. `::ffff:1.2.3.0/120` is the IPv4 block 1.2.3.0/24. */
export const parseCidr = (text: string): AddressSet | undefined => {
  const match = /^([^/]+)\/([0-9]{1,3})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const bits = Number(match[2]);
  const quad = parseQuad(match[1]);
  if (quad !== undefined) return bits > 32 ? undefined : blockOf({ family: "ipv4", value: quad }, bits);
  const value = match[1].includes(":") ? parseIpv6(match[1]) : undefined;
  if (value === undefined || bits > 128) return undefined;
  if (value >> 32n === MAPPED_PREFIX && bits >= 96)
    return blockOf({ family: "ipv4", value: Number(value & 0xffffffffn) }, bits - 96);
  return blockOf({ family: "ipv6", value }, bits);
};

const quadText = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");

const ipv6Text = (value: bigint): string => {
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(
    ":",
  );
  const zeros = [...groups.matchAll(/\b0(?::0)+\b/g)].sort((a, b) => b[0].length - a[0].length)[0];
  if (zeros === undefined) return groups;
  const tail = groups.slice(zeros.index + zeros[0].length).replace(/^:/, "");
  return `${groups.slice(0, zeros.index).replace(/:$/, "")}::${tail}`;
};

/** The usual text of an address (RFC 5952 for IPv6). */
export const addressText = (address: Address): string =>
  address.family === "ipv4" ? quadText(address.value) : ipv6Text(address.value);

/** The set as CIDRs, IPv4 first, ascending; at most `limit`, then "…". */
export const cidrsText = (set: AddressSet, limit = 4): string => {
  const texts: string[] = [];
  const collect = <T extends number | bigint>(
    pairs: readonly (readonly [T, T])[],
    bits: number,
    text: (lo: bigint) => string,
  ): void => {
    for (const pair of pairs) {
      let lo = BigInt(pair[0]);
      const hi = BigInt(pair[1]);
      while (lo < hi && texts.length <= limit) {
        let free = 0;
        while (free < bits && lo % (2n << BigInt(free)) === 0n && lo + (2n << BigInt(free)) <= hi) free++;
        texts.push(`${text(lo)}/${String(bits - free)}`);
        lo += 1n << BigInt(free);
      }
    }
  };
  collect(intervalPairs(set.ipv4), 32, (lo) => quadText(Number(lo)));
  collect(intervalPairs(set.ipv6), 128, ipv6Text);
  return texts.length > limit ? [...texts.slice(0, limit), "…"].join(", ") : texts.join(", ");
};
