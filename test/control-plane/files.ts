import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  admin,
  auditPolicy,
  controllerManagerUser,
  kubeconfig,
  makeTokens,
  serviceAccountKey,
  tokenFile,
  type User,
} from "./credentials.ts";
import type { ApiServerFiles } from "./flags.ts";

/** The files of one control plane, all in its directory. */
export type Files = {
  readonly apiServer: ApiServerFiles;
  readonly certificateAuthority: string;
  readonly adminToken: string;
  /** The path of a user's kubeconfig, which exists once writeKubeconfigs has run. */
  kubeconfigFor(user: string): string;
  /** Writes all kubeconfigs and the CA: kube-apiserver makes that as it starts. */
  writeKubeconfigs(server: string, certificateAuthority: string): void;
};

/** Writes what the servers need before they start into `directory`. */
export const writeFiles = (directory: string, extraUsers: readonly User[], audit: boolean): Files => {
  const users = [admin, controllerManagerUser, ...extraUsers];
  const tokens = makeTokens(users);
  const put = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  const certificateAuthority = join(directory, "ca.crt");
  // A user name may hold any character: system:serviceaccount:…, an address, a path.
  const kubeconfigs = new Map(
    users.map(({ name }, index) => [name, join(directory, `kubeconfig-${String(index)}.json`)]),
  );
  mkdirSync(join(directory, "certificates"));
  return {
    apiServer: {
      certificates: join(directory, "certificates"),
      serviceAccountKey: put("service-account.key", serviceAccountKey()),
      tokens: put("tokens.csv", tokenFile(users, tokens)),
      audit: audit ? { policy: put("audit-policy.json", auditPolicy), log: put("audit.log", "") } : undefined,
    },
    certificateAuthority,
    adminToken: tokens.get(admin.name) ?? "",
    kubeconfigFor: (user) => {
      const path = kubeconfigs.get(user);
      if (path === undefined) throw new Error(`Expected a user of ${[...kubeconfigs.keys()].join(", ")}, got ${user}`);
      return path;
    },
    writeKubeconfigs: (server, ca) => {
      writeFileSync(certificateAuthority, ca);
      for (const [user, path] of kubeconfigs) writeFileSync(path, kubeconfig(server, ca, user, tokens.get(user) ?? ""));
    },
  };
};
