import { expect, it } from "vitest";
import { terminalProgress } from "../../../src/cli/progress.ts";

const watched = (): { show: (at: number, text: string) => void; clear: () => void; written: string[] } => {
  const written: string[] = [];
  let now = 0;
  const line = terminalProgress(
    (text) => written.push(text),
    () => now,
  )();
  return {
    written,
    show: (at, text) => {
      now = at;
      line.show(() => text);
    },
    clear: line.clear,
  };
};

it("says nothing of what is done within a second", () => {
  const { show, clear, written } = watched();
  show(0, "1");
  show(999, "2");
  clear();
  expect(written).toEqual([]);
});

it("writes one line again and again, five times a second, and takes it away", () => {
  const { show, clear, written } = watched();
  for (const at of [0, 1000, 1100, 1199, 1200, 1350, 1450]) show(at, String(at));
  clear();
  expect(written).toEqual(["\r\u001b[K1000", "\r\u001b[K1200", "\r\u001b[K1450", "\r\u001b[K"]);
});
