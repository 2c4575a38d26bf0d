import { z } from "zod";
import { readText } from "../cluster/manifest-files.ts";
import { answerProbe, type Probe, type ProbeAnswer } from "../engine/probe.ts";
import { witnessText } from "../engine/words.ts";
import { DecodeError } from "../model/errors.ts";
import { choiceOption, wordChoices } from "./choice.ts";
import type { Subcommand } from "./command.ts";
import { stateOfFiles, tellUnsupported } from "./read-state.ts";

interface ProbeOptions {
  readonly state: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly protocol: string;
  readonly port?: string;
  readonly probes?: string;
  readonly output: "text" | "json";
}

const line = z.object({
  from: z.string(),
  to: z.string(),
  fromIP: z.string().optional(),
  toIP: z.string().optional(),
  protocol: z.string().default("TCP"),
  port: z.number(),
});

const parseLine = (text: string, place: string): Probe => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DecodeError(place, "expected one JSON object on this line");
  }
  const result = line.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DecodeError(place, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "cannot be read"}`);
};

const readProbes = async (file: string): Promise<readonly { readonly place: string; readonly probe: Probe }[]> => {
  const source = await readText(file);
  return source.split("\n").flatMap((text, index) => {
    const place = `${file}:${String(index + 1)}`;
    return text.trim() === "" ? [] : [{ place, probe: parseLine(text, place) }];
  });
};

const portOf = (text: string): number => {
  if (/^[0-9]{1,5}$/.test(text)) return Number(text);
  throw new DecodeError("--port", `expected a port from 0 to 65535, found ${text === "" ? "nothing" : text}`);
};

const questions = async (
  options: ProbeOptions,
): Promise<readonly { readonly place: string; readonly probe: Probe }[]> => {
  const { from, to, port, protocol, probes } = options;
  if (probes !== undefined) return readProbes(probes);
  if (from === undefined || to === undefined || port === undefined)
    throw new DecodeError("probe", "expected --from, --to and --port, or --probes");
  return [{ place: "probe", probe: { from, to, protocol, port: portOf(port) } }];
};

const answerText = ({ from, to, protocol, port, allowed, egress, ingress }: ProbeAnswer): string =>
  [
    `${allowed === true ? "ALLOWED" : allowed === false ? "DENIED" : "UNDECIDED"} ${from} -> ${to} ${protocol} ${String(port)}`,
    `  egress: ${witnessText(egress.witness)}`,
    `  ingress: ${witnessText(ingress.witness)}`,
  ].join("\n");

const answerJson = ({ egress, ingress, ...answer }: ProbeAnswer): object => ({
  ...answer,
  egress: { allowed: egress.allowed, ...egress.witness },
  ingress: { allowed: ingress.allowed, ...ingress.witness },
});

/** `probe`: may this connection be made, and why. */
export const probe: Subcommand = (program, context) => {
  const { out, err, exit } = context;
  program
    .command("probe")
    .description("say whether a connection would pass, and which policies decide it")
    .requiredOption("--state <path...>", "manifests of the cluster: files, folders or - (standard input)")
    .option("--from <end>", "namespace/pod or IP address")
    .option("--to <end>", "namespace/pod or IP address")
    .option("--protocol <name>", "TCP, UDP, SCTP, …", "TCP")
    .option("--port <number>", "destination port")
    .option("--probes <file>", "JSON Lines of {from, to, protocol, port, fromIP?, toIP?}, or -")
    .addOption(choiceOption("-o, --output <format>", "output format", wordChoices(["text", "json"]), "text"))
    .action(async (options: ProbeOptions) => {
      const { index, unsupported } = await stateOfFiles(options.state, context);
      tellUnsupported(unsupported, { err });
      const answers = (await questions(options)).map(({ place, probe: question }) => {
        try {
          return answerProbe(index, question);
        } catch (cause) {
          if (cause instanceof DecodeError) throw new DecodeError(place, cause.message);
          throw cause;
        }
      });
      out(
        options.output === "json"
          ? `${JSON.stringify(answers.map(answerJson))}\n`
          : `${answers.map(answerText).join("\n")}\n`,
      );
      exit(0);
    });
};
