import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A certificate with its key, PEM. */
export interface ClientPair {
  readonly cert: string;
  readonly key: string;
}

/** What is special about a certificate. */
export interface Special {
  readonly usage?: x509.ExtendedKeyUsage;
  /** Milliseconds from now at which it ends. */
  readonly endsIn?: number;
}

/** A CA of a test's own. */
export interface TestAuthority {
  /** PEM. */
  readonly ca: string;
  /** Signs a client certificate with this subject, such as `CN=kube-apiserver`. */
  sign(subject: string, special?: Special): Promise<ClientPair>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const HOUR_MS = 3_600_000;

const keysOf = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);

const pemOf = async (key: webcrypto.CryptoKey): Promise<string> =>
  x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");

/** Makes a CA of this name. */
export const testAuthority = async (name: string): Promise<TestAuthority> => {
  x509.cryptoProvider.set(webcrypto);
  const keys = await keysOf();
  let serial = 0;
  const common = () => ({
    serialNumber: `7${String(++serial).padStart(7, "0")}`,
    notBefore: new Date(Date.now() - HOUR_MS),
    signingAlgorithm: ALGORITHM,
  });
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...common(),
    name: `CN=${name}`,
    notAfter: new Date(Date.now() + HOUR_MS),
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  return {
    ca: ca.toString("pem"),
    sign: async (subject, { usage = x509.ExtendedKeyUsage.clientAuth, endsIn = HOUR_MS } = {}) => {
      const own = await keysOf();
      const leaf = await x509.X509CertificateGenerator.create({
        ...common(),
        subject,
        issuer: ca.subject,
        notAfter: new Date(Date.now() + endsIn),
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.ExtendedKeyUsageExtension([usage]),
        ],
      });
      return { cert: leaf.toString("pem"), key: await pemOf(own.privateKey) };
    },
  };
};

/** For a certificate that a server shows, and no client. */
export const SERVER_USAGE = x509.ExtendedKeyUsage.serverAuth;
