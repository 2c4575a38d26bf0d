import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { createHash, X509Certificate } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { connect, createServer } from "node:tls";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  developmentCertificates,
  type DevelopmentCertificates,
} from "../../../src/admission/development-certificates.ts";

const FILES = ["ca.crt", "tls.crt", "tls.key"];
const MODULE = resolve(import.meta.dirname, "../../../src/admission/development-certificates.ts");

let parent = "";
let folder = "";

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "netpol-guard-certificates-"));
  folder = join(parent, "development");
});
afterEach(() => rm(parent, { recursive: true }));

const stored = async (): Promise<Record<"ca" | "cert" | "key", string>> => {
  const [ca = "", cert = "", key = ""] = await Promise.all(FILES.map((name) => readFile(join(folder, name), "utf8")));
  return { ca, cert, key };
};

/** A self-signed pair that ends so many milliseconds from now. */
const storeEnding = async (left: number): Promise<void> => {
  await developmentCertificates(folder);
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=old",
    notBefore: new Date(Date.now() - 2 * 86_400_000),
    notAfter: new Date(Date.now() + left),
    signingAlgorithm: algorithm,
    keys,
  });
  await writeFile(join(folder, "tls.crt"), cert.toString("pem"));
};

/** The name that a client asks for is the only thing that differs. */
const handshake = async (pair: DevelopmentCertificates, name: string) => {
  const server = createServer({ cert: pair.cert, key: pair.key });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  try {
    return await new Promise<string>((done) => {
      const socket = connect(
        {
          port,
          host: "127.0.0.1",
          ca: pair.ca,
          servername: /[a-z]/.test(name) ? name : "",
          checkServerIdentity: (_host, peer) => {
            const certificate = new X509Certificate(peer.raw);
            const valid = /^[0-9.:]+$/.test(name) ? certificate.checkIP(name) : certificate.checkHost(name);
            return valid === undefined ? new Error("wrong name") : undefined;
          },
        },
        () => {
          done(socket.authorized ? "trusted" : "not trusted");
          socket.destroy();
        },
      );
      socket.on("error", (error) => {
        done(error.message);
      });
    });
  } finally {
    server.close();
  }
};

describe("development certificates", () => {
  it("are made on first use, and found again", async () => {
    const made = await developmentCertificates(folder);
    expect(await developmentCertificates(folder)).toEqual(made);
    expect(await stored()).toEqual(made);
    expect(await readdir(parent)).toEqual(["development"]);
  });

  it("are for their owner's eyes only", async () => {
    await developmentCertificates(folder);
    for (const name of FILES) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o077).toBe(0);
  });

  it("have a key that fits, and a chain that a client trusts under every name of a development guard", async () => {
    const pair = await developmentCertificates(folder);
    for (const name of [
      "netpol-guard.netpol-guard.svc",
      "netpol-guard.netpol-guard.svc.cluster.local",
      "localhost",
      "127.0.0.1",
      "::1",
    ])
      expect([name, await handshake(pair, name)]).toEqual([name, "trusted"]);
  });

  it("are trusted under no other name, and by nobody who has another CA", async () => {
    const pair = await developmentCertificates(folder);
    expect(await handshake(pair, "example.com")).toBe("wrong name");
    const other = await developmentCertificates(join(parent, "other"));
    expect(await handshake({ ...pair, ca: other.ca }, "localhost")).toMatch(/unable to verify|self-signed|signature/);
  });

  it("say what they may be used for", async () => {
    const { ca, cert } = await developmentCertificates(folder);
    const [authority, leaf] = [new X509Certificate(ca), new X509Certificate(cert)];
    expect([authority.ca, leaf.ca]).toEqual([true, false]);
    expect(leaf.checkIssued(authority)).toBe(true);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(authority.serialNumber).not.toBe(leaf.serialNumber);
  });

  it("are of different keys each time", async () => {
    const [one, two] = await Promise.all(["one", "two"].map((name) => developmentCertificates(join(parent, name))));
    expect(one?.key).not.toBe(two?.key);
    expect(one?.ca).not.toBe(two?.ca);
  });

  it.each([
    ["have ended", -1000, true],
    ["end within a day", 86_400_000 - 60_000, true],
    ["last longer than a day", 86_400_000 + 600_000, false],
  ])("that %s are made anew: %s", async (_name, left, anew) => {
    await storeEnding(left);
    const old = await stored();
    const pair = await developmentCertificates(folder);
    expect(pair.cert === old.cert).toBe(!anew);
    expect(await stored()).toEqual(pair);
    expect(await readdir(parent)).toEqual(["development"]);
  });

  it.each(FILES)("without their %s are made anew", async (name) => {
    const old = await developmentCertificates(folder);
    await rm(join(folder, name));
    const pair = await developmentCertificates(folder);
    expect(pair.key).not.toBe(old.key);
    expect(await stored()).toEqual(pair);
  });

  it("that are no certificates are made anew", async () => {
    await developmentCertificates(folder);
    await writeFile(join(folder, "tls.crt"), "nonsense");
    const pair = await developmentCertificates(folder);
    expect(new X509Certificate(pair.cert).subject).toBe("CN=netpol-guard");
  });

  it.skipIf(process.getuid?.() === 0)("live in memory where the folder cannot be written", async () => {
    await chmod(parent, 0o500);
    const pair = await developmentCertificates(folder);
    expect(await handshake(pair, "localhost")).toBe("trusted");
    await chmod(parent, 0o700);
    expect(await readdir(parent)).toEqual([]);
  });
});

describe("development certificates of several processes at once", () => {
  const PROCESSES = 6;
  const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
  /** Says that it has started, waits for the word, and prints the digest of what it got. */
  const PROGRAM = `
    import { createHash } from "node:crypto";
    import { once } from "node:events";
    import { developmentCertificates } from ${JSON.stringify(MODULE)};
    process.stderr.write("started");
    await once(process.stdin, "data");
    const { ca, cert, key } = await developmentCertificates(process.argv[1]);
    process.stdout.write(createHash("sha256").update(ca + cert + key).digest("hex"));
    process.stdin.destroy();
  `;
  const startTogether = async (): Promise<readonly string[]> => {
    const children = Array.from({ length: PROCESSES }, () =>
      spawn(process.execPath, ["--input-type=module", "--eval", PROGRAM, folder]),
    );
    await Promise.all(children.map(({ stderr }) => once(stderr, "data")));
    const outputs = children.map(({ stdout }) => text(stdout));
    for (const { stdin } of children) stdin.write("go");
    return Promise.all(outputs);
  };

  it.each([
    ["that find none", () => Promise.resolve()],
    ["that find ended ones", () => storeEnding(-1000)],
  ])("%s are one pair", async (_name, prepare) => {
    await prepare();
    const digests = await startTogether();
    const { ca, cert, key } = await stored();
    expect(digests).toEqual(Array.from({ length: PROCESSES }, () => digest(ca + cert + key)));
    expect(await readdir(parent)).toEqual(["development"]);
  });
});
