import { policyPlaces } from "../cluster/policy-places.ts";
import { loadConfiguration } from "../config/load.ts";
import type { ClusterIndex } from "../engine/cluster-index.ts";
import { workloadGraph, type NamedForbiddenPaths } from "../engine/workload-graph.ts";
import { prepare } from "../guard/guard.ts";
import type { GuardSettings } from "../guard/settings.ts";
import type { GraphFormat } from "../report/graph/format.ts";
import { GRAPH_FORMATS } from "../report/graph/formats.ts";
import { choiceOption } from "./choice.ts";
import type { CommandContext, Subcommand } from "./command.ts";
import { stateOfFiles, tellUnsupported } from "./read-state.ts";

interface GraphOptions {
  readonly state: readonly string[];
  readonly config?: string;
  readonly output: GraphFormat;
}

/** Reads what forbids paths; notes go to standard error. Throws DecodeError. */
const readSettings = async (file: string, { err }: Pick<CommandContext, "err">): Promise<GuardSettings> => {
  const { settings, notes } = await loadConfiguration(file);
  for (const note of notes) err(`${file}: ${note}\n`);
  return settings;
};

/** The paths that the rules in force forbid; the state is made to tell their ends apart. */
const forbiddenBy = (settings: GuardSettings, index: ClusterIndex): readonly NamedForbiddenPaths[] => {
  prepare(index, settings);
  return settings.rules.flatMap(({ type, name, mode = settings.mode, rule: { forbids } }) =>
    forbids === undefined || mode === "off" ? [] : [{ rule: `${type}/${name}`, forbids }],
  );
};

/** `graph`: who reaches whom, as a drawing, as data, or as a page to look around in. */
export const graph: Subcommand = (program, context) => {
  const { out, err, exit } = context;
  program
    .command("graph")
    .description("draw who reaches whom, by workload, and mark the paths that rules forbid")
    .requiredOption("--state <path...>", "manifests of the cluster: files, folders or - (standard input)")
    .option("--config <file>", "a GuardConfiguration: paths that its rules forbid are marked")
    .addOption(choiceOption("-o, --output <format>", "output format", GRAPH_FORMATS, "mermaid"))
    .action(async ({ state, config, output: format }: GraphOptions) => {
      const settings = config === undefined ? undefined : await readSettings(config, { err });
      const { index, unsupported, loaded } = await stateOfFiles(state, context);
      const rules = settings === undefined ? [] : forbiddenBy(settings, index);
      tellUnsupported(unsupported, { err });
      for await (const piece of format(workloadGraph(index, rules), policyPlaces(loaded))) out(piece);
      exit(0);
    });
};
