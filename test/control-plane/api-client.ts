import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";

/** A paused server accepts connections and never answers. */
const ANSWER_MS = 2_000;

/** The CA (PEM) that kube-apiserver made for itself: the last one in apiserver.crt; undefined until it is written. */
export const readCertificateAuthority = async (certificates: string): Promise<string | undefined> => {
  const chain = await readFile(join(certificates, "apiserver.crt"), "utf8").catch(() => "");
  const last = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g)?.at(-1);
  return last !== undefined && new X509Certificate(last).ca ? last : undefined;
};

/** Whether a GET of `url` is answered with 200, the server's certificate being checked against `ca`. */
export const answersOk = (url: string, ca: string, token: string): Promise<boolean> =>
  new Promise((resolve) => {
    const sent = request(url, { ca, agent: false, timeout: ANSWER_MS, headers: { authorization: `Bearer ${token}` } });
    sent.on("response", (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => {
      resolve(false);
    });
    sent.end();
  });
