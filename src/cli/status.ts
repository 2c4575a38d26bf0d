import { configurationText } from "../admission/own-configuration.ts";
import { entryScopes, registrationStatus } from "../admission/registration-status.ts";
import type { ClusterApi } from "../cluster/cluster-api.ts";
import { parseConfiguration, readConfiguration, type LoadedConfiguration } from "../config/load.ts";
import { daysLeft, lastDayText } from "../guard/days-left.ts";
import { policyEnforcement } from "../guard/enforcement.ts";
import { CONFIGURATION, CONFIGURATION_KEY } from "../guard/installation.ts";
import { namespaceStatuses } from "../guard/namespace-status.ts";
import type { ConfigurationStatus, GuardStatus } from "../guard/status.ts";
import { asMapping } from "../dialects/manifest.ts";
import { DecodeError } from "../model/errors.ts";
import { refText } from "../model/objects.ts";
import { statusText } from "../report/status-text.ts";
import type { Subcommand } from "./command.ts";

interface StatusOptions {
  readonly kubeconfig?: string;
  readonly config?: string;
  readonly output: string;
}

const FORMATS: ReadonlyMap<string, (status: GuardStatus) => string> = new Map([
  ["text", statusText],
  ["json", (status: GuardStatus) => `${JSON.stringify(status)}\n`],
]);

/** The text of the configuration in the cluster. */
const textInCluster = async (api: ClusterApi): Promise<string> => {
  const { readConfigMap } = await import("../cluster/installation.ts");
  const configMap = await readConfigMap(api);
  if (configMap === undefined) throw new DecodeError("", "there is no such object");
  const text = configurationText(asMapping(configMap, ""), "");
  if (text === undefined) throw new DecodeError("", `expected the key ${CONFIGURATION_KEY} with a text, found none`);
  return text;
};

const load = async (config: string | undefined, api: ClusterApi): Promise<LoadedConfiguration | DecodeError> => {
  try {
    return config === undefined
      ? parseConfiguration(await textInCluster(api), CONFIGURATION_KEY)
      : parseConfiguration(await readConfiguration(config), config);
  } catch (cause) {
    if (cause instanceof DecodeError) return cause;
    throw cause;
  }
};

const configurationStatus = (
  source: string,
  loaded: LoadedConfiguration | DecodeError,
  now: number,
): ConfigurationStatus => {
  if (loaded instanceof DecodeError)
    return { source, fault: loaded.message, mode: undefined, rules: [], exceptions: [], notes: [] };
  const { settings, notes } = loaded;
  return {
    source,
    fault: undefined,
    mode: settings.mode,
    rules: settings.rules.map(({ name, type, mode = settings.mode }) => ({ name, type, mode })),
    exceptions: settings.exceptions.map(({ rule, reason, owner, expires }) => ({
      rule,
      reason,
      owner,
      expires: lastDayText(expires),
      daysLeft: daysLeft(expires, now),
    })),
    notes,
  };
};

const readStatus = async (api: ClusterApi, config: string | undefined): Promise<GuardStatus> => {
  const { readInstallation } = await import("../cluster/installation.ts");
  const { shippedRegistration } = await import("../cluster/shipped-registration.ts");
  const [{ registration, namespaces, hasDaemonSet }, loaded, shipped] = await Promise.all([
    readInstallation(api),
    load(config, api),
    shippedRegistration(),
  ]);
  const settings = loaded instanceof DecodeError ? undefined : loaded.settings;
  return {
    server: api.server,
    registration: registration && registrationStatus(registration, shipped),
    configuration: configurationStatus(config ?? refText(CONFIGURATION), loaded, Date.now()),
    namespaces: namespaceStatuses(settings, registration === undefined ? [] : entryScopes(registration), namespaces),
    network: policyEnforcement(hasDaemonSet),
  };
};

/** `status`: what is enforced where in a cluster, and why a namespace is exempt. */
export const status: Subcommand = (program, { environment, out, exit }) => {
  program
    .command("status")
    .description("say what is enforced where in a cluster, and why a namespace is exempt")
    .option("--kubeconfig <file>", "cluster to look at; default: in-cluster, then the usual kubeconfig")
    .option("--config <file>", "GuardConfiguration; default: the ConfigMap in the cluster")
    .option("-o, --output <format>", [...FORMATS.keys()].join(", "), "text")
    .action(async ({ kubeconfig, config, output }: StatusOptions) => {
      const format = FORMATS.get(output);
      if (format === undefined)
        throw new DecodeError("--output", `expected one of ${[...FORMATS.keys()].join(", ")}, found ${output}`);
      const { connectCluster } = await import("../cluster/cluster-api.ts");
      const found = await readStatus(connectCluster({ kubeconfig, environment }), config);
      out(format(found));
      exit(found.configuration.fault === undefined ? 0 : 2);
    });
};
