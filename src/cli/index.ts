import { check } from "./check.ts";
import { completion } from "./completion.ts";
import { config } from "./config.ts";
import { diff } from "./diff.ts";
import { emergency } from "./emergency.ts";
import { graph } from "./graph.ts";
import { init } from "./init.ts";
import { probe } from "./probe.ts";
import type { Subcommand } from "./command.ts";
import { scan } from "./scan.ts";
import { serve } from "./serve.ts";
import { status } from "./status.ts";

/** Every subcommand. */
export const SUBCOMMANDS: readonly Subcommand[] = [
  serve,
  init,
  check,
  scan,
  probe,
  diff,
  graph,
  status,
  emergency,
  config,
  completion,
];
