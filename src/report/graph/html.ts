import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { GuardError } from "../../model/errors.ts";
import type { WorkloadGraph } from "../../model/workload-graph.ts";
import type { PlaceOf } from "./format.ts";
import { layout } from "./layout.ts";
import { pageData } from "./page-data.ts";
import { pageFile, pageScript } from "./page-script.ts";

/** JSON that can stand in a script element: no character of it can end the element, or a line of a script. */
export const embeddable = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** The graph library as its package ships it for browsers, with its licence at the top. */
const library = (): string => {
  const file = createRequire(import.meta.url).resolve("cytoscape/dist/cytoscape.min.js");
  return readFileSync(file, "utf8");
};

/** A script element, and the hash under which the page's policy lets it run. */
const inlined = (script: string): { readonly element: string; readonly hash: string } => {
  if (/<\/script|<!--/i.test(script)) throw new GuardError("a script of the graph page would end its own element");
  const text = `\n${script}\n`;
  return {
    element: `<script>${text}</script>`,
    hash: `'sha256-${createHash("sha256").update(text).digest("base64")}'`,
  };
};

/**
 * One page that holds all it needs. Its policy lets it load and send nothing, and run these very scripts only: even a
 * name that got into the markup could run nothing.
 */
export function* graphPage(graph: WorkloadGraph, placeOf: PlaceOf): Iterable<string> {
  const scripts = [library(), pageScript("main.js")].map(inlined);
  const parts: Readonly<Record<string, string>> = {
    policy: [
      "default-src 'none'",
      `script-src ${scripts.map(({ hash }) => hash).join(" ")}`,
      // The library sets styles of its own; with nothing to load, they can give nothing away.
      "style-src 'unsafe-inline'",
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
    ].join("; "),
    style: pageFile("page.css"),
    data: embeddable(pageData(graph, layout(graph), placeOf)),
    scripts: scripts.map(({ element }) => element).join("\n"),
  };
  for (const [index, piece] of pageFile("page.html")
    .split(/\{\{(\w+)\}\}/)
    .entries())
    yield index % 2 === 0 ? piece : Object.hasOwn(parts, piece) ? (parts[piece] ?? "") : "";
}
