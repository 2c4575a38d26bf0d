import type { ServerResponse } from "node:http";
import { errorEvent, event, refusal } from "./answers.ts";
import type { Answer, FakeApiServer } from "./fake-api-server.ts";

interface Change {
  readonly version: number;
  readonly line: string;
}

/** A few pods behind a fake API server: lists in pages at one version, watches from any version that is kept. */
export class FakeCluster {
  /** The version of each pod. */
  readonly pods = new Map<string, number>();
  /** So many of the next requests are refused. */
  failing = 0;
  #version = 10;
  #kept = 10;
  readonly #changes: Change[] = [];
  readonly #open = new Set<ServerResponse>();
  readonly #pages = new Map<string, readonly (readonly [string, number])[]>();

  constructor(server: FakeApiServer) {
    server.onList(this.#refusable(this.#list));
    server.onWatch(this.#refusable(this.#watch));
  }

  put(name: string): void {
    const type = this.pods.has(name) ? "MODIFIED" : "ADDED";
    this.pods.set(name, (this.#version += 1));
    this.#tell(event(type, name, String(this.#version)));
  }

  delete(name: string): void {
    if (!this.pods.delete(name)) return;
    this.#version += 1;
    this.#tell(event("DELETED", name, String(this.#version)));
  }

  /** What happened so far can no longer be watched, nor lists begun before be read on. */
  compact(): void {
    this.#kept = this.#version;
    this.#pages.clear();
  }

  /** Sends `text` to all watches and ends them in some way. */
  end(text: string, how: (response: ServerResponse) => void): void {
    for (const response of this.#open) {
      this.#open.delete(response);
      if (text === "") how(response);
      else
        response.write(text, () => {
          how(response);
        });
    }
  }

  expire(): void {
    this.end(errorEvent(410, "too old"), (response) => response.end());
  }

  #tell(line: string): void {
    this.#changes.push({ version: this.#version, line });
    for (const response of this.#open) response.write(line);
  }

  #refusable(answer: Answer): Answer {
    return (response, asked) => {
      if (this.failing > 0) {
        this.failing -= 1;
        refusal(500, "storm")(response, asked);
      } else answer(response, asked);
    };
  }

  readonly #list: Answer = (response, asked) => {
    const [version, from] = (asked.query.get("continue") ?? `${String(this.#version)}:0`).split(":");
    const begun = asked.query.has("continue");
    if (begun && !this.#pages.has(version ?? "")) refusal(410, "expired")(response, asked);
    else {
      if (!begun) this.#pages.set(String(version), [...this.pods]);
      const all = this.#pages.get(String(version)) ?? [];
      const to = Number(from) + Number(asked.query.get("limit"));
      const items = all
        .slice(Number(from), to)
        .map(([name, at]) => ({ metadata: { name, resourceVersion: String(at) } }));
      const metadata = {
        resourceVersion: version,
        ...(to < all.length ? { continue: `${version ?? ""}:${String(to)}` } : {}),
      };
      response.end(JSON.stringify({ apiVersion: "v1", kind: "PodList", metadata, items }));
    }
  };

  readonly #watch: Answer = (response, asked) => {
    const from = Number(asked.query.get("resourceVersion"));
    if (from < this.#kept) refusal(410, "too old")(response, asked);
    else {
      response.flushHeaders();
      for (const { version, line } of this.#changes) if (version > from) response.write(line);
      this.#open.add(response);
      response.on("close", () => this.#open.delete(response));
    }
  };
}
