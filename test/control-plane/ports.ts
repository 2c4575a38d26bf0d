import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below Linux's range for outgoing connections (32768 and up): no client takes the port while a server restarts. */
const LOWEST = 20_000;
const HIGHEST = 32_767;
/** Far more than enough unless nothing can be bound at all. */
const ATTEMPTS = 100;

const canListen = async (port: number): Promise<boolean> => {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
};

/** A port of 127.0.0.1 that nobody listens on; random, so that suites that run at once do not meet. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await canListen(port)) return port;
  }
  throw new Error(`Expected a free port of 127.0.0.1 in ${String(LOWEST)}-${String(HIGHEST)}, found none`);
};
