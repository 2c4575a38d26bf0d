import { describe, expect, it } from "vitest";
import { mermaidGraph } from "../../../../src/report/graph/mermaid.ts";
import { hostile, printed, shop } from "./graphs.ts";

describe("the Mermaid of a graph", () => {
  it("has a subgraph for each namespace, and marks forbidden paths", async () => {
    expect(await printed(mermaidGraph(shop, () => undefined))).toBe(
      [
        "flowchart LR",
        '  external(("outside the cluster"))',
        '  subgraph s0["shop"]',
        '    n0["Deployment/db"]',
        '    n1["Deployment/web"]',
        "  end",
        '  subgraph s1["tools"]',
        '    n2["Deployment/job"]',
        "  end",
        '  external -->|"TCP 80"| n1',
        '  n0 -->|"TCP 80"| external',
        '  n1 -->|"TCP 80, ✕ forbidden-path/db"| n0',
        '  n2 -->|"UDP 53 (undecided)"| n0',
        "  linkStyle 2 stroke:#c62828,stroke-width:3px,color:#c62828",
        "",
      ].join("\n"),
    );
  });

  it("writes whatever could be markup as entity codes", async () => {
    const lines = (await printed(mermaidGraph(hostile, () => undefined))).split("\n");
    expect(lines).toHaveLength(8);
    for (const line of lines.slice(0, -2)) {
      const [, label] = /"(.*)"/.exec(line) ?? [];
      expect(line.replaceAll(/"[^"]*"/g, "")).toMatch(/^[a-z0-9 [\]|>#:,-]*(flowchart LR)?$/);
      expect(label ?? "").toMatch(/^([\p{L}\p{N} ./:,()✕-]|#[0-9]+;)*$/u);
    }
  });
});
