/** Bodies that are held at once may not sum up to more: six of the largest that the API server can send. */
const MOST_BYTES = 128 * 1024 * 1024;

/** Counts the bytes of request bodies in memory, so that overload becomes a refusal and never an out-of-memory. */
export class BytesInFlight {
  readonly #limit: number;
  #bytes = 0;
  #requests = 0;

  constructor(limit = MOST_BYTES) {
    this.#limit = limit;
  }

  /** Bytes that are held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Requests whose bodies are read or that are being answered now. */
  get requests(): number {
    return this.#requests;
  }

  /** A request with a body came. */
  begin(): void {
    this.#requests += 1;
  }

  /** One of them was answered, or went away. */
  end(): void {
    this.#requests -= 1;
  }

  /** Books `bytes`; false, and nothing booked, if they do not fit. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#limit) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }
}
