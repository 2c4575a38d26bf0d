import { diffConnectivity, type ConnectivityDiff, type WorkloadConnection } from "../engine/workloads.ts";
import { DecodeError } from "../model/errors.ts";
import { portsText } from "../model/ports.ts";
import { choiceOption } from "./choice.ts";
import type { Subcommand } from "./command.ts";
import { stateOfFiles, tellUnsupported } from "./read-state.ts";

type Format = (diff: ConnectivityDiff) => string;

const rows = ({ added, removed }: ConnectivityDiff): readonly (readonly ["+" | "-", WorkloadConnection])[] => [
  ...added.map((connection) => ["+", connection] as const),
  ...removed.map((connection) => ["-", connection] as const),
];

const json = ({ from, to, ports }: WorkloadConnection): object => ({ from, to, ports: portsText(ports) });

const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  [
    "text",
    (diff) =>
      rows(diff)
        .map(([sign, { from, to, ports }]) => `${sign} ${from} -> ${to} on ${portsText(ports)}\n`)
        .join("") || "no difference in connectivity\n",
  ],
  ["json", ({ added, removed }) => `${JSON.stringify({ added: added.map(json), removed: removed.map(json) })}\n`],
  [
    "markdown",
    (diff) =>
      rows(diff).length === 0
        ? "No difference in connectivity.\n"
        : [
            "| | from | to | ports |",
            "|---|---|---|---|",
            ...rows(diff).map(([sign, { from, to, ports }]) => `| ${sign} | ${from} | ${to} | ${portsText(ports)} |`),
            "",
          ].join("\n"),
  ],
]);

/** `diff`: what connectivity a change of manifests adds and removes, by workload. */
export const diff: Subcommand = (program, context) => {
  const { out, err, exit } = context;
  program
    .command("diff")
    .description("say what connectivity NEW adds to and removes from OLD, by workload")
    .argument("<old>", "manifests: a file, a folder or - (standard input)")
    .argument("<new>", "manifests: a file, a folder or - (standard input)")
    .addOption(choiceOption("-o, --output <format>", "output format", FORMATS, "text"))
    .action(async (before: string, after: string, { output: format }: { readonly output: Format }) => {
      if (before === "-" && after === "-")
        throw new DecodeError("diff", "expected standard input for one side, found it for both");
      const [old, now] = [await stateOfFiles([before], context), await stateOfFiles([after], context)];
      tellUnsupported([...old.unsupported, ...now.unsupported], { err });
      out(format(diffConnectivity(old.index, now.index)));
      exit(0);
    });
};
