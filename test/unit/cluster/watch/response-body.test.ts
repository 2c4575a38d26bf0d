import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConnectionError } from "../../../../src/cluster/watch/errors.ts";
import { linesOf, readText, TooLargeError } from "../../../../src/cluster/watch/response-body.ts";

const line = fc.string({ unit: "binary" }).filter((text) => !text.includes("\n"));

/** `text` in pieces whose sizes `sizes` gives in turn. */
async function* pieces(text: string, sizes: readonly number[]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    await Promise.resolve();
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

const all = async <T>(values: AsyncIterable<T>): Promise<T[]> => {
  const read: T[] = [];
  for await (const value of values) read.push(value);
  return read;
};

describe("lines", () => {
  it("are the same wherever the network cuts them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (lines, sizes) => {
          const read = await all(linesOf(pieces(lines.map((text) => `${text}\n`).join(""), sizes), 1000));
          expect(read.flat()).toEqual(lines.map((text) => Buffer.from(text).toString()));
        },
      ),
    );
  });

  it("are bounded", async () => {
    await expect(all(linesOf(pieces("x".repeat(11), [4]), 10))).rejects.toThrow(TooLargeError);
    await expect(readText(pieces("x".repeat(11), [4]), 10)).rejects.toThrow(TooLargeError);
    await expect(all(linesOf(pieces(`${"x".repeat(10)}\n`.repeat(5), [4]), 10))).resolves.toHaveLength(5);
  });

  it("are not lost when the end is not that of a line", async () => {
    await expect(all(linesOf(pieces("one\ntwo", [100]), 100))).rejects.toThrow(ConnectionError);
  });
});
