import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import { mkdir, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import * as x509 from "@peculiar/x509";
import type { TlsPair } from "./server.ts";

/** The names under which a development guard is called: as the Service of manifests/base, and on loopback. */
const NAMES: readonly x509.JsonGeneralName[] = [
  { type: "dns", value: "netpol-guard.netpol-guard.svc" },
  { type: "dns", value: "netpol-guard.netpol-guard.svc.cluster.local" },
  { type: "dns", value: "localhost" },
  { type: "ip", value: "127.0.0.1" },
  { type: "ip", value: "::1" },
];

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;
/** Long enough for a developer's year; nothing in production uses these. */
const LIFETIME_MS = 365 * DAY_MS;
/** Clocks of two machines may differ. */
const BACKDATED_MS = 3_600_000;

/** A development CA and the server certificate that it signed. */
export interface DevelopmentCertificates extends TlsPair {
  /** PEM of the CA: what goes into a registration's caBundle. */
  readonly ca: string;
}

const generateKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);

const serialNumber = (): string =>
  Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)))
    .toString("hex")
    .replace(/^[89a-f]/, "7");

const generate = async (): Promise<Record<"ca.crt" | "tls.crt" | "tls.key", string>> => {
  x509.cryptoProvider.set(webcrypto);
  const notBefore = new Date(Date.now() - BACKDATED_MS);
  const notAfter = new Date(Date.now() + LIFETIME_MS);
  const caKeys = await generateKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: "CN=netpol-guard development CA",
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  const keys = await generateKeys();
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: "CN=netpol-guard",
    issuer: ca.subject,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([...NAMES]),
    ],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    "ca.crt": ca.toString("pem"),
    "tls.crt": leaf.toString("pem"),
    "tls.key": `-----BEGIN PRIVATE KEY-----\n${key.replace(/.{64}(?=.)/g, "$&\n")}\n-----END PRIVATE KEY-----\n`,
  };
};

const read = async (folder: string): Promise<DevelopmentCertificates | undefined> => {
  try {
    const [ca, cert, key] = await Promise.all(
      ["ca.crt", "tls.crt", "tls.key"].map((name) => readFile(join(folder, name), "utf8")),
    );
    if (ca === undefined || cert === undefined || key === undefined) return undefined;
    const left = Date.parse(new X509Certificate(cert).validTo) - Date.now();
    return left > DAY_MS ? { ca, cert, key } : undefined;
  } catch {
    return undefined;
  }
};

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code);

/** Another process is done with making certificates within this time, or it has died. */
const LOCK_MS = 10_000;
const POLL_MS = 25;

/** Runs `work` alone among the processes that use the same lock; one that was left behind is broken after ten seconds. */
const alone = async <T>(lock: string, work: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if (!isCode(error, "EEXIST")) throw error;
      const made = await stat(lock).catch(() => undefined);
      if (made !== undefined && Date.now() - made.mtimeMs > LOCK_MS) await rmdir(lock).catch(() => undefined);
      await setTimeout(POLL_MS);
    }
  }
  try {
    return await work();
  } finally {
    await rmdir(lock).catch(() => undefined);
  }
};

const store = async (files: Readonly<Record<string, string>>, folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
};

/**
 * The development certificates of `folder`, made on first use and anew when less than a day is left; files are 0600.
 * Where the folder cannot be written they live in memory only. Of several processes at once, one makes them.
 */
export const developmentCertificates = async (folder: string): Promise<DevelopmentCertificates> => {
  const known = await read(folder);
  if (known !== undefined) return known;
  const inMemory = async (): Promise<DevelopmentCertificates> => {
    const files = await generate();
    return { ca: files["ca.crt"], cert: files["tls.crt"], key: files["tls.key"] };
  };
  try {
    await mkdir(dirname(folder), { recursive: true });
    return await alone(`${folder}.lock`, async () => {
      const theirs = await read(folder);
      if (theirs !== undefined) return theirs;
      const files = await generate();
      await store(files, folder);
      return { ca: files["ca.crt"], cert: files["tls.crt"], key: files["tls.key"] };
    });
  } catch (error) {
    if (!isCode(error, "EACCES", "EROFS", "EPERM")) throw error;
    return inMemory();
  }
};
