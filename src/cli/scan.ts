import { judgeFinished } from "../guard/finished-state.ts";
import { NO_PAST } from "../guard/past.ts";
import { partsOf } from "../guard/state-parts.ts";
import { DecodeError } from "../model/errors.ts";
import type { Subcommand } from "./command.ts";
import { addFindingsOptions, readRules, reportFindings, type FindingsOptions } from "./findings.ts";
import { stateOfCluster, stateOfFiles } from "./read-state.ts";

interface ScanOptions extends FindingsOptions {
  readonly state?: readonly string[];
  readonly kubeconfig?: string;
}

/** `scan`: judges all that is in a cluster, or in a dump of one, as it is now. */
export const scan: Subcommand = (program, context) => {
  addFindingsOptions(program.command("scan"))
    .description("say what breaks a rule in a cluster as it is now")
    .option("--state <path...>", "a dump of a cluster: files, folders or - (standard input)")
    .option("--kubeconfig <file>", "of the cluster; default: in-cluster, then $KUBECONFIG")
    .action(async (options: ScanOptions) => {
      if (options.state !== undefined && options.kubeconfig !== undefined)
        throw new DecodeError("scan", "expected --state or --kubeconfig, found both");
      const rules = await readRules(options, context);
      const state =
        options.state === undefined
          ? await stateOfCluster(options.kubeconfig, context)
          : await stateOfFiles(options.state, context);
      const { index, unsupported } = state;
      const past = { ...NO_PAST, now: () => Date.now() };
      const findings = judgeFinished(index, partsOf(index), { settings: rules.settings, unsupported, past });
      const outcome = {
        ...state,
        findings,
        objects: index.policyCount + index.endpointCount,
        order: undefined,
      };
      reportFindings(rules, outcome, options, context);
    });
};
