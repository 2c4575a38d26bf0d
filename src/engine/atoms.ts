import type { Address, AddressSet } from "../model/addresses.ts";
import { boundariesUpTo } from "../model/intervals.ts";
import { MultiMap } from "./multi-map.ts";

const insert = <T extends number | bigint>(sorted: T[], value: T): boolean => {
  const at = boundariesUpTo(sorted, value);
  if (sorted[at - 1] === value) return false;
  sorted.splice(at, 0, value);
  return true;
};

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

  #cutAt(address: Address, cut: Set<string>): void {
    const before = this.#atomOf(address);
    const fresh = address.family === "ipv4" ? insert(this.#ipv4, address.value) : insert(this.#ipv6, address.value);
    if (fresh) cut.add(before);
  }

  #atomOf(address: Address): string {
    return address.family === "ipv4"
      ? `4:${String(this.#ipv4[boundariesUpTo(this.#ipv4, address.value) - 1] ?? 0)}`
      : `6:${String(this.#ipv6[boundariesUpTo(this.#ipv6, address.value) - 1] ?? 0)}`;
  }
}
