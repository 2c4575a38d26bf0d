import { readFileSync } from "node:fs";

/** Beside this file, in a checkout and in an image alike: what a browser runs is written as it is run. */
const FOLDER = new URL("./page/", import.meta.url);

/** The page's modules import each other by name and from beside them only, and export constants only. */
const IMPORT = /^import \{[^}]*\} from "\.\/([a-z-]+\.js)";\n/gm;
const EXPORT = /^export const (\w+)/gm;

/** The text of a file of the page. */
export const pageFile = (name: string): string => readFileSync(new URL(name, FOLDER), "utf8");

/** A module as a constant: what it exports, out of a scope of its own. */
const linked = (source: string): string => {
  const names = [...source.matchAll(EXPORT)].map(([, name = ""]) => name).join(", ");
  const body = source.replace(IMPORT, "").replace(EXPORT, "const $1");
  return `const { ${names} } = (() => {\n${body}return { ${names} };\n})();\n`;
};

/**
 * The page's script: its modules one after another, each once and after those that it imports. A page that must load
 * nothing can have no modules, which name each other by address.
 */
export const pageScript = (entry: string): string => {
  const seen = new Set<string>();
  const parts: string[] = [];
  const add = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const source = pageFile(name);
    for (const [, imported = ""] of source.matchAll(IMPORT)) add(imported);
    parts.push(linked(source));
  };
  add(entry);
  return `"use strict";\n${parts.join("")}`;
};
