import { parseConfiguration } from "../../../src/config/load.ts";
import type { GuardSettings } from "../../../src/guard/settings.ts";

const SOURCE = `
apiVersion: netpol-guard.io/v1alpha1
kind: GuardConfiguration
podCIDRs: [10.128.0.0/9]
exemptNamespaces: [kube-system]
rules:
  - name: default-deny
    type: require-default-deny
    directions: [Ingress, Egress]
  - name: no-open-ingress
    type: restrict-ip-blocks
    direction: Ingress
    mustExclude: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16]
  - name: db-not-from-frontend
    type: forbidden-path
    from: {namespaceSelector: {matchLabels: {tier: frontend}}, podSelector: {}}
    to: {podSelector: {matchLabels: {role: db}}}
    ports: [{protocol: TCP, port: 3306}]
`;

/** Three rules, as an organisation would start with. */
export const benchSettings = (): GuardSettings => parseConfiguration(SOURCE, "configuration.ts").settings;
