import { Document, isMap, isSeq } from "yaml";
import { parseConfiguration } from "../config/load.ts";
import { judgeFinished } from "../guard/finished-state.ts";
import type { PartFinding } from "../guard/judge-part.ts";
import { plain } from "../guard/message.ts";
import { NO_PAST } from "../guard/past.ts";
import { partsOf } from "../guard/state-parts.ts";
import { DecodeError } from "../model/errors.ts";
import { refKey } from "../model/objects.ts";
import type { Subcommand } from "./command.ts";
import { stateOfCluster, stateOfFiles, type ReadState } from "./read-state.ts";

interface InitOptions {
  readonly state?: readonly string[];
  readonly kubeconfig?: string;
}

/** Where the cluster itself runs; the guard's own namespace is not sent to it anyway. */
const SYSTEM_NAMESPACES = ["kube-system", "kube-public", "kube-node-lease"];

/** Where pods and nodes usually have their addresses (RFC 1918, RFC 4193). */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

/** What can be asked of any cluster without knowing who its workloads are. */
const RULES = [
  { name: "default-deny", type: "require-default-deny", directions: ["Ingress", "Egress"] },
  { name: "no-open-ingress", type: "restrict-ip-blocks", direction: "Ingress", mustExclude: PRIVATE },
  { name: "hardly-meant", type: "lint" },
];

/** So many namespaces are named. */
const MOST_NAMED = 10;

const HEADER = ` A configuration to start with: it refuses nothing (mode: audit) until you say so. Other rules are in docs/rules: a
 forbidden-path for each two tiers that must not meet is what this cannot guess.`;

const namesText = (names: readonly string[]): string => {
  const left = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).map(plain).join(", ")}${left > 0 ? ` and ${String(left)} more` : ""}`;
};

const count = (number: number, what: string): string => `${String(number)} ${what}${number === 1 ? "" : "s"}`;

/** What enforcing a rule would mean for what is there today. */
const todayText = (findings: readonly PartFinding[]): string => {
  const denied = new Map(
    findings.filter(({ effect }) => effect === "deny").map(({ object }) => [refKey(object), object]),
  );
  if (denied.size === 0)
    return findings.length === 0 ? " Nothing breaks it today." : ` ${count(findings.length, "warning")} today.`;
  const namespaces = new Set(
    denied.values().map(({ kind, namespace, name }) => (kind === "Namespace" ? name : namespace)),
  );
  return ` Enforced, it would refuse ${count(denied.size, "object")} of those that are there, in ${namesText([...namespaces].sort())}.`;
};

const findingsToday = ({ index, unsupported }: ReadState, text: string): readonly PartFinding[] => {
  const { settings } = parseConfiguration(text, "the new configuration");
  const past = { ...NO_PAST, now: () => Date.now() };
  return judgeFinished(index, partsOf(index), { settings: { ...settings, mode: "enforce" }, unsupported, past });
};

const configurationFor = (state: ReadState): string => {
  const document = new Document({
    apiVersion: "netpol-guard.io/v1alpha1",
    kind: "GuardConfiguration",
    mode: "audit",
    exemptNamespaces: SYSTEM_NAMESPACES,
    rules: RULES,
  });
  document.commentBefore = HEADER;
  const findings = Map.groupBy(findingsToday(state, document.toString()), ({ code }) => code);
  const rules = document.get("rules");
  if (isSeq(rules))
    for (const [at, { type, name }] of RULES.entries()) {
      const rule = rules.items[at];
      const own = findings.get(`${type}/${name}`) ?? [];
      if (isMap(rule)) rule.commentBefore = todayText(own);
    }
  return document.toString();
};

/** `init`: a configuration to start with, which says what it would mean for what is there today. */
export const init: Subcommand = (program, context) => {
  program
    .command("init")
    .description("print a configuration to start with, and what enforcing it would refuse of what is there today")
    .option("--state <path...>", "manifests of the cluster: files, folders or - (standard input)")
    .option("--kubeconfig <file>", "of the cluster; default: in-cluster, then $KUBECONFIG")
    .action(async ({ state, kubeconfig }: InitOptions) => {
      if (state !== undefined && kubeconfig !== undefined)
        throw new DecodeError("init", "expected --state or --kubeconfig, found both");
      context.out(
        configurationFor(
          state === undefined ? await stateOfCluster(kubeconfig, context) : await stateOfFiles(state, context),
        ),
      );
      context.exit(0);
    });
};
