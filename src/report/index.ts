import type { OutputFormat } from "./format.ts";
import { github } from "./github.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import { sarif } from "./sarif.ts";
import { text } from "./text.ts";

/** Every output format of a report; the first is the one for people. */
export const OUTPUT_FORMATS: readonly OutputFormat[] = [text, json, sarif, junit, github, markdown];
