import type { Namespace } from "../model/objects.ts";
import { matchesLabels, type Selector } from "../model/selectors.ts";
import type { GuardSettings } from "./settings.ts";
import type { NamespaceStatus } from "./status.ts";

/** Which namespaces an entry of the registration sends requests of. */
export interface EntryScope {
  readonly name: string;
  readonly namespaces: Selector;
}

type Exemptions = Pick<GuardSettings, "exemptNamespaces" | "namespaceModes">;

const ELSEWHERE: Exemptions = { exemptNamespaces: new Set(), namespaceModes: new Map() };

const statusOf = (
  name: string,
  namespace: Namespace | undefined,
  { exemptNamespaces, namespaceModes }: Exemptions,
  entries: readonly EntryScope[],
): NamespaceStatus => {
  const unsent = entries.filter(
    ({ namespaces }) => namespace !== undefined && matchesLabels(namespaces, namespace.labels) === false,
  );
  const isSent = unsent.length < entries.length;
  const isExempt = exemptNamespaces.has(name);
  const own = namespaceModes.get(name);
  const reasons = [
    ...(isExempt ? ["exempt in the configuration (exemptNamespaces)"] : []),
    ...(unsent.length === 0
      ? []
      : [
          isSent
            ? `requests of ${unsent.map((entry) => entry.name).join(", ")} are not sent (namespaceSelector)`
            : "exempt in the registration (the namespaceSelector of every entry leaves it out)",
        ]),
    ...(own === undefined
      ? []
      : [`${own} in the configuration (namespaceModes); where a rule has a mode, the milder holds`]),
  ];
  const there = namespace === undefined ? ["there is no such namespace"] : [];
  const mode = isExempt || (!isSent && entries.length > 0) ? "exempt" : own;
  return { name, mode, reasons: reasons.length === 0 ? [] : [...reasons, ...there] };
};

/**
 * The namespaces in which not everything is judged as elsewhere, with the reasons, by name. `settings` undefined: the
 * configuration cannot be read. Selectors that are not understood count as sending.
 */
export const namespaceStatuses = (
  settings: Exemptions | undefined,
  entries: readonly EntryScope[],
  namespaces: readonly Namespace[],
): readonly NamespaceStatus[] => {
  const { exemptNamespaces, namespaceModes } = settings ?? ELSEWHERE;
  const known = new Map(namespaces.map((namespace) => [namespace.name, namespace]));
  const names = new Set([...known.keys(), ...exemptNamespaces, ...namespaceModes.keys()]);
  return [...names]
    .sort()
    .map((name) => statusOf(name, known.get(name), settings ?? ELSEWHERE, entries))
    .filter(({ reasons }) => reasons.length > 0);
};
