import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP proxy on loopback that can be made to fail as networks do. */
export interface TcpProxy {
  readonly port: number;
  /** How many connections have been made so far. */
  readonly accepted: number;
  /** Of the connections that are open now nothing passes any more, until `release`; what is sent waits. */
  hold(): void;
  release(): void;
  /** From now on all that is sent disappears, over new connections too, and nothing is ever closed. */
  swallow(): void;
  /** New connections pass again; the others stay dead. */
  mend(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

const pass = ({ client, server }: Pair): void => {
  client.pipe(server);
  server.pipe(client);
};

const part = ({ client, server }: Pair): void => {
  client.unpipe(server);
  server.unpipe(client);
};

/** Starts a proxy in front of a port of 127.0.0.1. */
export const startTcpProxy = async (target: number): Promise<TcpProxy> => {
  const sockets = new Set<Socket>();
  const passing = new Set<Pair>();
  const held = new Set<Pair>();
  let swallows = false;
  let accepted = 0;
  const keep = (socket: Socket, other: () => void): void => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      sockets.delete(socket);
      other();
    });
  };
  const listener = createServer((client) => {
    accepted += 1;
    if (swallows) {
      keep(client, () => undefined);
      client.resume();
      return;
    }
    const server = connect(target, "127.0.0.1");
    const pair = { client, server };
    const end = (): void => {
      passing.delete(pair);
      held.delete(pair);
      client.destroy();
      server.destroy();
    };
    keep(client, end);
    keep(server, end);
    passing.add(pair);
    pass(pair);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  return {
    port,
    get accepted() {
      return accepted;
    },
    hold: () => {
      for (const pair of passing) {
        part(pair);
        pair.client.pause();
        pair.server.pause();
        held.add(pair);
      }
      passing.clear();
    },
    release: () => {
      for (const pair of held) {
        pass(pair);
        passing.add(pair);
      }
      held.clear();
    },
    swallow: () => {
      swallows = true;
      for (const pair of passing) {
        part(pair);
        pair.client.resume();
        pair.server.resume();
      }
      passing.clear();
    },
    mend: () => {
      swallows = false;
    },
    close: async () => {
      listener.close();
      for (const socket of sockets) socket.destroy();
      await once(listener, "close");
    },
  };
};
