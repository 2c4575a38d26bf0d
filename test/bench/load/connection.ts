import { connect, type TLSSocket } from "node:tls";

/**
 * A kept-alive HTTPS connection that sends requests made beforehand and reads just the length of answers. Clients of
 * HTTP libraries need more time for a request than the servers that are measured, and would hide their differences.
 */
export class Connection {
  readonly #socket: TLSSocket;
  #received = "";
  #resolve: (body: string) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.#take(text);
    });
    socket.on("error", (error) => {
      this.#reject(error);
    });
    socket.on("close", () => {
      this.#reject(new Error("expected an answer, found the connection closed"));
    });
  }

  /** Connects to a server on loopback. */
  static open(port: number, ca: string): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, ca, servername: "localhost" }, () => {
        socket.off("error", reject);
        resolve(new Connection(socket));
      });
      socket.once("error", reject);
    });
  }

  /** Sends one request; the answer's body. The bytes may be used again once it has come. */
  exchange(request: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#reject = () => undefined;
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = /\r\ncontent-length: *([0-9]+)/i.exec(this.#received)?.[1];
    if (length === undefined) {
      this.#reject(new Error(`expected an answer with its length, found ${this.#received.slice(0, end)}`));
      return;
    }
    const body = this.#received.slice(end + 4);
    if (body.length < Number(length)) return;
    this.#received = "";
    this.#resolve(body);
  }
}
