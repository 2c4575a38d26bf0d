#!/usr/bin/env -S node --max-semi-space-size=24
import process from "node:process";

// Starts src/main.ts in a checkout, and what it was compiled to in an installed package: Node.js runs TypeScript as it is,
// but not below node_modules (https://nodejs.org/api/typescript.html#type-stripping-in-dependencies).

/** `engines` of package.json: before it, Node.js has no types to strip and the API client does not load. */
const OLDEST = [22, 19];

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(`netpol-guard: expected Node.js ${OLDEST.join(".")} or later, found ${process.versions.node}\n`);
  process.exitCode = 2;
} else {
  await import(import.meta.url.includes("/node_modules/") ? "../dist/main.js" : "../src/main.ts");
}
