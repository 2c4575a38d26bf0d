import type { Address, AddressSet } from "../model/addresses.ts";
import { boundariesUpTo } from "../model/intervals.ts";
import { MultiMap } from "./multi-map.ts";

const insert = <T extends number | bigint>(sorted: T[], value: T): void => {
  sorted.splice(boundariesUpTo(sorted, value), 0, value);
};

/** So many atoms are looked at before a block counts as one that something may be in. */
const MOST_ATOMS = 256;

/**
 * The parts ("atoms") into which the blocks in use cut the address space, and what has an address in each. Two addresses
 * of one atom lie in the same blocks. An atom is named by its lowest address, so a new bound renames only what lies
 * above it in the atom that it cuts.
 */
export class AtomMembers<V> {
  readonly #ipv4: number[] = [];
  readonly #ipv6: bigint[] = [];
  readonly #members = new MultiMap<V>();

  /** The atoms of these addresses, as a text. */
  text(addresses: readonly Address[]): string {
    return addresses.map((address) => this.#atomOf(address)).join(",");
  }

  /** Whether something may have an address in `block`: exact where the block was cut at, and only up to so many atoms. */
  mayHold({ ipv4, ipv6 }: AddressSet): boolean {
    return this.#mayHold("4", this.#ipv4, ipv4, 0) || this.#mayHold("6", this.#ipv6, ipv6, 0n);
  }

  add(address: Address, value: V): void {
    this.#members.add(this.#atomOf(address), value);
  }

  remove(address: Address, value: V): void {
    this.#members.delete(this.#atomOf(address), value);
  }

  /** Cuts at the bounds of `blocks`; returns what has to be added anew: it had an address in an atom that was cut. */
  cut(blocks: readonly AddressSet[]): ReadonlySet<V> {
    const cut = new Set<string>();
    for (const block of blocks) {
      for (const value of block.ipv4) this.#cutAt({ family: "ipv4", value }, cut);
      for (const value of block.ipv6) this.#cutAt({ family: "ipv6", value }, cut);
    }
    const moved = new Set<V>();
    for (const atom of cut) {
      for (const value of this.#members.get(atom)) moved.add(value);
      this.#members.deleteAll(atom);
    }
    return moved;
  }

  #mayHold<T extends number | bigint>(family: "4" | "6", bounds: readonly T[], block: readonly T[], zero: T): boolean {
    let looked = 0;
    for (let pair = 0; pair < block.length; pair += 2) {
      const [from, to] = [block[pair] as T, block[pair + 1] as T];
      for (let at = boundariesUpTo(bounds, from) - 1; at < bounds.length && (bounds[at] ?? zero) < to; at++)
        if (++looked > MOST_ATOMS || this.#members.count(`${family}:${String(bounds[at] ?? zero)}`) > 0) return true;
    }
    return false;
  }

  #cutAt(address: Address, cut: Set<string>): void {
    if (this.#isCutAt(address)) return;
    cut.add(this.#atomOf(address));
    if (address.family === "ipv4") insert(this.#ipv4, address.value);
    else insert(this.#ipv6, address.value);
  }

  #isCutAt(address: Address): boolean {
    return address.family === "ipv4"
      ? this.#ipv4[boundariesUpTo(this.#ipv4, address.value) - 1] === address.value
      : this.#ipv6[boundariesUpTo(this.#ipv6, address.value) - 1] === address.value;
  }

  #atomOf(address: Address): string {
    return address.family === "ipv4"
      ? `4:${String(this.#ipv4[boundariesUpTo(this.#ipv4, address.value) - 1] ?? 0)}`
      : `6:${String(this.#ipv6[boundariesUpTo(this.#ipv6, address.value) - 1] ?? 0)}`;
  }
}
