import { indexOf } from "../cluster/fixed-source.ts";
import { judgeFinished } from "../guard/finished-state.ts";
import { partsOf } from "../guard/state-parts.ts";
import { unsupportedIn } from "../cluster/foreign/manifests.ts";
import { compileManifests, readManifests, type LoadedObject } from "../cluster/manifest-files.ts";
import { NO_PAST } from "../guard/past.ts";
import { DecodeError } from "../model/errors.ts";
import { refKey } from "../model/objects.ts";
import { readCluster, type ReadState } from "./cluster-state.ts";
import type { Subcommand } from "./command.ts";
import { addFindingsOptions, readRules, reportFindings, type FindingsOptions } from "./findings.ts";

interface ScanOptions extends FindingsOptions {
  readonly state?: readonly string[];
  readonly kubeconfig?: string;
}

const readFolders = async (
  paths: readonly string[],
): Promise<ReadState & { readonly loaded: readonly LoadedObject[] }> => {
  const manifests = await readManifests(paths);
  const loaded = compileManifests(manifests);
  return { index: indexOf(loaded), unsupported: unsupportedIn(manifests), loaded };
};

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
      const { index, unsupported, loaded } =
        options.state === undefined
          ? { ...(await readCluster(options.kubeconfig, context)), loaded: [] }
          : await readFolders(options.state);
      const past = { ...NO_PAST, now: () => Date.now() };
      const findings = judgeFinished(index, partsOf(index), { settings: rules.settings, unsupported, past });
      const outcome = {
        findings,
        objects: index.policyCount + index.endpointCount,
        unsupported,
        written: new Map(loaded.map(({ object, locate }) => [refKey(object.ref), { locate }])),
        order: undefined,
      };
      reportFindings(rules, outcome, options, context);
    });
};
