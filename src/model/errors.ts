/** Input that cannot be read as what it claims to be: a JSON path, what was found and what was expected. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  readonly path: string;

  constructor(path: string, message: string) {
    super(path === "" ? message : `${path}: ${message}`);
    this.path = path;
  }
}

/** Our own fault or the environment's: a look-up failed, the deadline came, the state is stale. Never an answer. */
export class GuardError extends Error {
  override readonly name = "GuardError";
}
