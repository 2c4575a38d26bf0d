import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { GuardError } from "../model/errors.ts";

/** Who may ask for reviews: whoever shows a certificate that one of these CAs signed, with one of these common names. */
export interface ClientIdentity {
  /** PEM. */
  readonly ca: string | Buffer;
  readonly names: readonly string[];
}

/** A caller who is not the API server, with the HTTP status that says so. */
class CallerError extends GuardError {
  readonly statusCode = 403;
}

/** Why the holder of a connection may not ask; undefined if it may. */
const faultOf = (socket: Socket, names: readonly string[]): string | undefined => {
  if (!(socket instanceof TLSSocket)) return "expected a client certificate, found a connection without TLS";
  const { subject } = socket.getPeerCertificate() as { readonly subject?: { readonly CN?: unknown } };
  // Looked at beside `authorized`: a resumed connection of somebody without a certificate counts as authorized.
  if (subject === undefined) return "expected the API server's client certificate, found none";
  if (!socket.authorized) return "expected a client certificate of the API server's CA, found one of another";
  const { CN: name } = subject;
  // Several common names come as a list, and are nobody's.
  if (typeof name !== "string" || !names.includes(name))
    return "expected a client certificate in the API server's name, found one in another";
  return undefined;
};

/** Checks callers once for each connection; what it returns throws CallerError at those who may not ask. */
export const callerCheck = ({ names }: ClientIdentity): ((socket: Socket) => void) => {
  const known = new WeakMap<Socket, { readonly fault: string | undefined }>();
  return (socket) => {
    const { fault } = known.get(socket) ?? { fault: faultOf(socket, names) };
    known.set(socket, { fault });
    if (fault !== undefined) throw new CallerError(fault);
  };
};

/** What a TLS server is made with that asks for a certificate, and lets probes come without one. */
export const tlsOf = ({ ca }: ClientIdentity) => ({ ca, requestCert: true, rejectUnauthorized: false }) as const;
