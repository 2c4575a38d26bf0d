const role = (value: string): object => ({ podSelector: { matchLabels: { role: value } } });
const mysql = [{ protocol: "TCP", port: 3306 }];

/**
 * Options of the rules by their code `type/name`, for the namespaces in which a type is put to the test: each has
 * nothing to say anywhere else.
 */
const OPTIONS = {
  "require-default-deny/default-deny": () => ({ directions: ["Egress"] }),
  "restrict-ip-blocks/no-open-ingress": () => ({ direction: "Ingress", mustExclude: ["10.0.0.0/8"] }),
  "forbidden-path/db-not-from-web": (namespaces: readonly string[]) => ({
    from: { namespaces, ...role("web") },
    to: { namespaces, ...role("db") },
    ports: mysql,
  }),
  "forbidden-path/vault-not-from-guests": (namespaces: readonly string[]) => ({
    from: { namespaceSelector: { matchLabels: { zone: "guests" } } },
    to: { namespaces, ...role("vault") },
  }),
  "only-allowed-paths/db-only-from-backend": (namespaces: readonly string[]) => ({
    // A pod on its node's network gets in everywhere, which is said of every one that is not named.
    from: [{ namespaces, ...role("backend") }, { namespaces: ["forbid-host-network-*"] }],
    to: { namespaces, ...role("db") },
    ports: mysql,
  }),
  "required-path/registry": (namespaces: readonly string[]) => ({
    from: { namespaces, ...role("client") },
    to: { namespaces, ...role("registry") },
    ports: [{ protocol: "TCP", port: 5000 }],
  }),
  "forbid-host-network/no-host-network": (namespaces: readonly string[]) => ({ namespaces }),
  "required-labels/team": (namespaces: readonly string[]) => ({ namespaces, keys: ["team"] }),
  "lint/habits": () => ({ checks: ["and-or", "dns-egress"] }),
  "custom/frozen": () => ({
    expression: 'change.kind != "NetworkPolicy" || !("frozen" in namespaceObject.labels)',
    message: "policies of a frozen namespace do not change",
  }),
} satisfies Readonly<Record<string, (namespaces: readonly string[]) => object>>;

/** `type/name` of a rule. */
export type RuleCode = keyof typeof OPTIONS;

/** The type of a rule. */
export const typeOf = (code: string): string => code.slice(0, code.indexOf("/"));

/** The rules as a configuration has them. */
export const MODE_RULES: readonly object[] = Object.entries(OPTIONS).map(([code, options]) => {
  const type = typeOf(code);
  return { name: code.slice(type.length + 1), type, ...options([`${type}-*`]) };
});
