import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { NODE_OPTIONS } from "../../../src/cli/heap.ts";

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), "utf8");

describe("the options that Node.js is started with", () => {
  it("are those of the image", () => {
    const [, entry = "[]"] = /^ENTRYPOINT (.*)$/m.exec(read("Dockerfile")) ?? [];
    expect((JSON.parse(entry) as string[]).slice(1, -1)).toEqual(NODE_OPTIONS);
  });

  it("are those of the program", () => {
    expect(read("bin/netpol-guard.js").split("\n")[0]).toBe(`#!/usr/bin/env -S node ${NODE_OPTIONS.join(" ")}`);
  });
});
