import type { IncomingMessage } from "node:http";
import { GuardError } from "../../model/errors.ts";
import { errorText } from "./error-text.ts";
import { ConnectionError } from "./errors.ts";

/** More came than is read at once. */
export class TooLargeError extends GuardError {}

/** What is thrown in place of `error`: why `signal` was aborted if it was, else a ConnectionError. */
export const connectionFault = (error: unknown, signal: AbortSignal): unknown =>
  signal.aborted ? signal.reason : new ConnectionError(errorText(error), { cause: error });

/** The body as it comes, read no faster than it is used; leaving it closes the connection. Throws ConnectionError, or the reason of `signal`. */
export async function* chunksOf(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Buffer, void, void> {
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // Node's own word for it is "aborted", as if we had done it.
    throw new ConnectionError("the connection broke before the answer was complete", { cause: error });
  }
}

/** The whole of `chunks` as text, TooLargeError beyond `limit` bytes; `onChunk` is told that it goes on. */
export const readText = async (
  chunks: AsyncIterable<Buffer>,
  limit: number,
  onChunk: () => void = () => undefined,
): Promise<string> => {
  const read: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    onChunk();
    bytes += chunk.length;
    if (bytes > limit) throw new TooLargeError(`more than ${String(limit)} bytes came at once`);
    read.push(chunk);
  }
  return Buffer.concat(read, bytes).toString("utf8");
};

const NEWLINE = 0x0a;

/** The lines that each chunk completes. Throws ConnectionError when the end is not the end of a line, TooLargeError for a line beyond `limit` bytes. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  limit: number,
): AsyncGenerator<readonly string[], void, void> {
  let begun: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      begun.push(chunk.subarray(from, end));
      lines.push(Buffer.concat(begun).toString("utf8"));
      begun = [];
      bytes = 0;
      from = end + 1;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
    bytes += chunk.length - from;
    if (bytes > limit) throw new TooLargeError(`one line has more than ${String(limit)} bytes`);
    if (lines.length > 0) yield lines;
  }
  if (bytes > 0) throw new ConnectionError("the connection ended in the middle of a line");
}
