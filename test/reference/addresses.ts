/** An IP address as its bits, most significant first: 32 characters "0" or "1", or 128. */
export type Bits = string;

function bitsOf(numbers: readonly number[], width: number): Bits {
  return numbers.map((n) => n.toString(2).padStart(width, "0")).join("");
}

function parseV4(text: string): Bits | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  if (!parts.every((part) => /^[0-9]{1,3}$/.test(part))) return undefined;
  const numbers = parts.map(Number);
  return numbers.every((n) => n <= 255) ? bitsOf(numbers, 8) : undefined;
}

function groups(text: string): readonly string[] {
  return text === "" ? [] : text.split(":");
}

function parseV6(text: string): Bits | undefined {
  const dotted = /[0-9.]*\.[0-9.]*$/.exec(text)?.[0];
  if (dotted !== undefined) {
    const tail = parseV4(dotted);
    if (tail === undefined) return undefined;
    const hex = [tail.slice(0, 16), tail.slice(16)].map((half) => Number.parseInt(half, 2).toString(16));
    return parseV6(text.slice(0, -dotted.length) + hex.join(":"));
  }
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const left = groups(halves[0] ?? "");
  const right = groups(halves[1] ?? "");
  const zeros = 8 - left.length - right.length;
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return undefined;
  const all = [...left, ...Array<string>(zeros).fill("0"), ...right];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return bitsOf(
    all.map((group) => Number.parseInt(group, 16)),
    16,
  );
}

/** The bits of an IPv4 or IPv6 address; undefined when the text is neither. */
export function parseAddress(text: string): Bits | undefined {
  return text.includes(":") ? parseV6(text) : parseV4(text);
}

/** The network bits of a CIDR (bits beyond the prefix are dropped) and the length of its addresses. */
export function parseCidr(text: string): { readonly network: Bits; readonly length: number } | undefined {
  const slash = text.indexOf("/");
  const address = parseAddress(text.slice(0, Math.max(slash, 0)));
  const prefix = text.slice(slash + 1);
  if (address === undefined || !/^[0-9]{1,3}$/.test(prefix)) return undefined;
  if (Number(prefix) > address.length) return undefined;
  return {
    network: address.slice(0, Number(prefix)),
    length: address.length,
  };
}

/** Whether a CIDR covers an address; undefined when the CIDR cannot be read. */
export function cidrCovers(cidr: string, address: Bits): boolean | undefined {
  const parsed = parseCidr(cidr);
  if (parsed === undefined) return undefined;
  return parsed.length === address.length && address.startsWith(parsed.network);
}
