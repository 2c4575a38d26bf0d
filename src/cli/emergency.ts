import { planEmergency, planUndo, type RegistrationPlan } from "../admission/emergency-plan.ts";
import type { Handling } from "../admission/registration-entry.ts";
import { REGISTRATION } from "../guard/installation.ts";
import type { Subcommand } from "./command.ts";

interface EmergencyOptions {
  readonly kubeconfig?: string;
  readonly undo?: boolean;
}

const handlingText = ({ failurePolicy, path }: Handling): string => `${failurePolicy} ${path === "" ? "/" : path}`;

const AFTERWARDS = {
  emergency: [
    "The guard refuses nothing any more, as soon as each API server has seen this (seconds).",
    "It goes on noting what it would refuse in the audit log. Argo CD or Flux may put the registration back: suspend them.",
    "Put back what was there: netpol-guard emergency --undo",
  ],
  undo: ["The guard refuses again what its configuration says, as soon as each API server has seen this (seconds)."],
};

const reportOf = (server: string, { steps, changes, leftAlone }: RegistrationPlan, undo: boolean): string =>
  [
    `ValidatingWebhookConfiguration ${REGISTRATION} on ${server}:`,
    ...changes.map(({ name, from, to }) => `  ${name}: ${handlingText(from)} -> ${handlingText(to)}`),
    ...leftAlone.map((name) => `  ${name}: left alone, it is gone or was put back already`),
    ...(steps.length === 0
      ? [undo ? "  no emergency, nothing to undo" : "  in an emergency already, nothing to do"]
      : AFTERWARDS[undo ? "undo" : "emergency"]),
    "",
  ].join("\n");

/** `emergency`: turns the guard to audit at once through its registration, or back. */
export const emergency: Subcommand = (program, { environment, out, exit }) => {
  program
    .command("emergency")
    .description("let the guard refuse nothing, at once and whatever its configuration says; it need not run for this")
    .option("--kubeconfig <file>", "cluster to change; default: in-cluster, then the usual kubeconfig")
    .option("--undo", "put back what was there before")
    .action(async ({ kubeconfig, undo = false }: EmergencyOptions) => {
      const { connectCluster } = await import("../cluster/cluster-api.ts");
      const { changeRegistration } = await import("../cluster/registration.ts");
      const api = connectCluster({ kubeconfig, environment });
      const now = new Date().toISOString();
      const plan = await changeRegistration(api, (registration) =>
        undo ? planUndo(registration) : planEmergency(registration, now),
      );
      out(reportOf(api.server, plan, undo));
      exit(0);
    });
};
