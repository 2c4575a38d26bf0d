import { field, mappingField, stringField, type Mapping } from "../dialects/manifest.ts";
import type { Change } from "../guard/change.ts";
import { CONFIGURATION, CONFIGURATION_KEY } from "../guard/installation.ts";
import type { Verdict } from "../guard/verdict.ts";
import { GuardError, type DecodeError } from "../model/errors.ts";
import { refText } from "../model/objects.ts";

/** What a request makes of the guard's own configuration. */
export interface ConfigurationChange extends Pick<Change, "operation" | "ref"> {
  /** Of a GuardConfiguration; undefined where there is none. */
  readonly text: string | undefined;
  /** The text stays as it was. */
  readonly isSame: boolean;
}

/** Why a text is no configuration that would load, with file and line; undefined if it is one. */
export type CheckConfiguration = (text: string) => DecodeError | undefined;

/** The text of the configuration in its ConfigMap; undefined if there is none. Throws DecodeError. */
export const configurationText = (configMap: Mapping, path: string): string | undefined => {
  const text = stringField(mappingField(configMap, "data", path), CONFIGURATION_KEY, `${path}.data`);
  if (text !== undefined) return text;
  const binary = stringField(mappingField(configMap, "binaryData", path), CONFIGURATION_KEY, `${path}.binaryData`);
  return binary === undefined ? undefined : Buffer.from(binary, "base64").toString();
};

/** Reads a request that creates or updates the guard's own ConfigMap; undefined for any other. Throws DecodeError. */
export const decodeConfigurationChange = (request: Mapping, kind: Mapping): ConfigurationChange | undefined => {
  if (field(kind, "kind") !== CONFIGURATION.kind || stringField(kind, "group", "request.kind") !== undefined)
    return undefined;
  const object = mappingField(request, "object", "request");
  const metadata = mappingField(object, "metadata", "request.object");
  const name = stringField(request, "name", "request") ?? stringField(metadata, "name", "request.object.metadata");
  if (name !== CONFIGURATION.name || field(request, "namespace") !== CONFIGURATION.namespace) return undefined;
  const operation = field(request, "operation");
  if (operation !== "CREATE" && operation !== "UPDATE") return undefined;
  const text = configurationText(object, "request.object");
  const old = configurationText(mappingField(request, "oldObject", "request"), "request.oldObject");
  return { operation, ref: CONFIGURATION, text, isSame: operation === "UPDATE" && text === old };
};

const refused = (what: string): Verdict => ({
  kind: "deny",
  restsOn: [],
  findings: [
    {
      code: "configuration/invalid",
      effect: "deny",
      standing: "new",
      kind: "violation",
      message: `${refText(CONFIGURATION)} would not load: ${what}`,
      details: ["what is in force stays in force"],
      fix: "put right what is named, and apply it again",
      docs: "docs/configuration.md",
      more: 0,
    },
  ],
});

/** Refuses a configuration that would not load, whatever the mode is; a text that stays as it is passes. */
export const judgeConfiguration = (
  { text, isSame }: ConfigurationChange,
  check: CheckConfiguration,
  onUndecided: "deny" | "warn",
): Verdict => {
  if (isSame) return { kind: "allow", findings: [] };
  if (text === undefined) return refused(`expected the key ${CONFIGURATION_KEY} with a text, found none`);
  try {
    const fault = check(text);
    return fault === undefined ? { kind: "allow", findings: [] } : refused(fault.message);
  } catch (cause) {
    const error = new GuardError("the configuration could not be checked", { cause });
    return { kind: "undecided", cause: error, refused: onUndecided === "deny" };
  }
};
