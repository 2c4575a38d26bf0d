import { noPorts, subtractPorts, unionPorts, type PortSet } from "../model/ports.ts";

/** One violation that is known. */
export interface KnownViolation {
  /** On which ports it was seen. */
  readonly ports: PortSet;
  /** When a running pod had it last, in milliseconds since 1970. */
  readonly ranAt: number;
}

/** So many are kept at most: about 100 bytes each. */
const MOST_KEPT = 200_000;

/** As exactly is kept when a pod had one last: pods that run on need not be written down every time. */
const KEPT_EXACT_MS = 3_600_000;

/** What known violations are kept by. */
export interface KnownOptions {
  /** Short, and hard to collide. */
  readonly digest: (key: string) => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** For how long a violation is known once no running pod has it, in milliseconds. */
  readonly remember: () => number;
}

/** Violations that running pods had lately, by the digests of their keys: known for a time after the pods are gone. */
export class KnownViolations {
  readonly #options: KnownOptions;
  /** The one noted last comes last. */
  readonly #entries = new Map<string, KnownViolation>();

  constructor(options: KnownOptions) {
    this.#options = options;
  }

  /** Whether a running pod had this violation, on all of these ports, lately. */
  had(key: string, ports: PortSet): boolean {
    const entry = this.#entries.get(this.#options.digest(key));
    return entry !== undefined && this.#isRecent(entry) && noPorts(subtractPorts(ports, entry.ports));
  }

  /** A running pod has this violation now. Whether that should be kept: it is new, or was kept long ago. */
  note(key: string, ports: PortSet): boolean {
    const digest = this.#options.digest(key);
    const [own, now] = [this.#entries.get(digest), this.#options.now()];
    this.merge([[digest, { ports, ranAt: now }]]);
    return (
      own === undefined ||
      Math.floor(own.ranAt / KEPT_EXACT_MS) !== Math.floor(now / KEPT_EXACT_MS) ||
      !noPorts(subtractPorts(ports, own.ports))
    );
  }

  /** Takes over what was known elsewhere, or before. */
  merge(entries: Iterable<readonly [digest: string, KnownViolation]>): void {
    for (const [digest, { ports, ranAt }] of entries) {
      const own = this.#entries.get(digest);
      this.#entries.delete(digest);
      this.#entries.set(digest, {
        ports: own === undefined ? ports : unionPorts(own.ports, ports),
        ranAt: Math.max(ranAt, own?.ranAt ?? 0),
      });
    }
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MOST_KEPT) return;
      this.#entries.delete(oldest);
    }
  }

  /** All of it that still counts: what has to outlive this process. The latest first. */
  lately(): readonly (readonly [digest: string, KnownViolation])[] {
    return [...this.#entries].filter(([, entry]) => this.#isRecent(entry)).sort(([, a], [, b]) => b.ranAt - a.ranAt);
  }

  #isRecent({ ranAt }: KnownViolation): boolean {
    return this.#options.now() - ranAt < this.#options.remember();
  }
}
