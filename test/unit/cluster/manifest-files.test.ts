import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compileManifests, manifestsIn, readManifests, readText } from "../../../src/cluster/manifest-files.ts";
import { DecodeError } from "../../../src/model/errors.ts";

const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: shop }\n`;

/** Name and line of every manifest. */
const found = (source: string): readonly string[] =>
  [...manifestsIn(source, "f.yaml")].map(({ place, value }) => {
    const { metadata } = value as { readonly metadata: { readonly name: string } };
    return `${metadata.name}:${place.line}`;
  });

const errorOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return error.message;
  }
  return "no error";
};

describe("a text", () => {
  it.each([
    ["of one document", pod("a"), ["a:1"]],
    ["of two", `${pod("a")}---\n${pod("b")}`, ["a:1", "b:5"]],
    ["that begins with a mark and a comment", `---\n# first\n${pod("a")}`, ["a:3"]],
    ["with empty documents", `---\n---\n${pod("a")}---\n# nothing\n---\nnull\n---\n`, ["a:3"]],
    ["that ends documents too", `${pod("a")}...\n---\n${pod("b")}...\n`, ["a:1", "b:6"]],
    ["with Windows line ends", `${pod("a")}---\n${pod("b")}`.replaceAll("\n", "\r\n"), ["a:1", "b:5"]],
    ["with a byte-order mark", `\ufeff${pod("a")}`, ["a:1"]],
    ["of nothing", "", []],
    ["of white space", "\n\n  \n", []],
    ["of a comment", "# nothing to see\n", []],
    ["of JSON", JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "a" } }), ["a:1"]],
    [
      "of JSON over several lines",
      JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "a" } }, null, 2),
      ["a:1"],
    ],
    [
      "of JSON indented by tabs",
      JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "a" } }, null, "\t"),
      ["a:1"],
    ],
    ["with anchors", "apiVersion: v1\nkind: Pod\nmetadata: &m { name: a }\nx: *m\n", ["a:1"]],
  ])("%s", (_name, source, expected) => {
    expect(found(source)).toEqual(expected);
  });

  it.each([
    ["v1", "List"],
    ["v1", "PodList"],
    ["example.com/v1", "WidgetList"],
  ])("of a list %s %s stands for its items", (apiVersion, kind) => {
    const items = ["a", "b"].map((name) => ({ apiVersion: "v1", kind: "Pod", metadata: { name } }));
    expect(found(`# a list\n${JSON.stringify({ apiVersion, kind, items })}`)).toEqual(["a:2", "b:2"]);
  });

  it("of a typed list gives its items the kind that they do not repeat", () => {
    const [manifest] = manifestsIn("{ apiVersion: v1, kind: PodList, items: [{ metadata: { name: a } }] }", "f");
    expect(manifest?.value).toEqual({ apiVersion: "v1", kind: "Pod", metadata: { name: "a" } });
  });

  it("of lists in a list stands for all of theirs", () => {
    const inner = {
      apiVersion: "v1",
      kind: "List",
      items: [{ apiVersion: "v1", kind: "Pod", metadata: { name: "a" } }],
    };
    expect(found(JSON.stringify({ apiVersion: "v1", kind: "List", items: [inner, inner] }))).toEqual(["a:1", "a:1"]);
  });

  it("of an empty list is nothing", () => {
    expect(found("{ apiVersion: v1, kind: List, items: [] }")).toEqual([]);
  });

  it.each([
    ["a key twice", "apiVersion: v1\nkind: Pod\nkind: Service\n", "f.yaml:3"],
    ["a key twice, deep inside", `${pod("a")}spec:\n  containers:\n    - { name: a, image: b, name: c }\n`, "f.yaml:6"],
    ["a key twice in JSON", '{\n"kind": "Pod",\n"kind": "Pod"\n}', "f.yaml:3"],
    ["a broken document between good ones", `${pod("a")}---\nkind: [\n---\n${pod("b")}`, /^f\.yaml:[67]: /],
    ["an indentation by tabs", "kind: Pod\nmetadata:\n\tname: a\n", "f.yaml:3"],
    ["a text that never ends", `kind: Pod\nname: "a\n`, /^f\.yaml:[23]: /],
    ["a document that is a list", `${pod("a")}---\n- a\n`, "f.yaml:5"],
    ["a document that is a text", "hello\n", "f.yaml:1"],
    ["a document that is a number", `${pod("a")}---\n7\n`, "f.yaml:5"],
    ["an item that is a text", "apiVersion: v1\nkind: List\nitems: [a]\n", "f.yaml:3"],
    ["an item that is null", "\napiVersion: v1\nkind: List\nitems: [null, b]\n", "f.yaml:4"],
    ["an alias of nothing", `${pod("a")}---\nkind: *nothing\n`, /^f\.yaml:5: .*nothing/],
    ["a binary", "\u0000\u0001\u0002PK\u0003\u0004: {", /^f\.yaml:1: /],
  ])("with %s is an error with file and line", (_name, source, expected) => {
    const error = errorOf(() => found(source));
    if (typeof expected === "string") expect(error.startsWith(`${expected}: `)).toBe(true);
    else expect(error).toMatch(expected);
    expect(error).not.toContain("\n");
  });

  it("with an alias bomb is refused soon", () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ..."bcdefghi"
        .split("")
        .map(
          (name, index) =>
            `${name}: &${name} [${Array.from({ length: 9 }, () => `*${"abcdefgh"[index] ?? ""}`).join(",")}]`,
        ),
    ];
    const begin = performance.now();
    expect(errorOf(() => found(`${pod("a")}---\n${bomb.join("\n")}`))).toMatch(/^f\.yaml:5: .*alias/i);
    expect(performance.now() - begin).toBeLessThan(1000);
  });

  it("of 20,000 lines is read soon", () => {
    const begin = performance.now();
    expect(found(Array.from({ length: 5000 }, (_, index) => pod(`p${index}`)).join("---\n"))).toHaveLength(5000);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });
});

describe("a text that was made to be slow", () => {
  /** Well above what any takes on a busy machine; what grows with the square of the length takes minutes. */
  const MOST_MS = 20_000;
  const many = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => line(index)).join("");

  it.each([
    [
      "has 40,000 keys",
      `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\ndata:\n${many(40_000, (index) => `  k${index}: v\n`)}`,
      1,
    ],
    [
      "has 20,000 documents",
      many(20_000, (index) => `---\napiVersion: v1\nkind: Pod\nmetadata: { name: p${index} }\n`),
      20_000,
    ],
    [
      "has one text of 10 MB",
      `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\ndata: |\n${"  0123456\n".repeat(1_000_000)}`,
      1,
    ],
  ])("and %s is read", { timeout: 4 * MOST_MS }, (_what, source, count) => {
    const begin = process.cpuUsage();
    expect(found(source)).toHaveLength(count);
    const { user, system } = process.cpuUsage(begin);
    expect((user + system) / 1000).toBeLessThan(MOST_MS);
  });

  it.each([
    ["that stay open", "[".repeat(100_000)],
    ["in one line", `a: ${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["of mappings", `a: ${"{a: ".repeat(100_000)}1${"}".repeat(100_000)}`],
  ])("and has 100,000 levels %s is refused with its line", (_what, source) => {
    expect(errorOf(() => found(`${pod("a")}---\n${source}`))).toMatch(/^f\.yaml:5: expected fewer levels/);
  });
});

describe("manifests", () => {
  const compile = (source: string) => compileManifests(manifestsIn(source, "f.yaml"));

  it("of kinds that are judged are compiled, others left out", () => {
    const objects = compile(
      `${pod("a")}---\napiVersion: v1\nkind: Service\nmetadata: { name: s }\n---\napiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n`,
    );
    expect(objects.map(({ place, object }) => [place.line, object.type, object.ref.name])).toEqual([
      [1, "endpoint", "a"],
      [9, "namespace", "shop"],
    ]);
  });

  it.each([
    ["without a kind", "apiVersion: v1\nmetadata: { name: a }", "kind"],
    ["without an apiVersion", "kind: Pod\nmetadata: { name: a }", "apiVersion"],
    ["without a name", "apiVersion: v1\nkind: Pod\nmetadata: {}", "metadata.name"],
    ["without metadata", "apiVersion: v1\nkind: Pod", "metadata"],
    [
      "with a label that is a number",
      "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { v: 1 } }",
      'metadata.labels["v"]',
    ],
    [
      "with an empty peer",
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: a }\nspec: { ingress: [{ from: [{}] }] }",
      "spec.ingress[0].from[0]",
    ],
    [
      "with a port that is none",
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: a }\nspec: { egress: [{}, { ports: [{ port: 70000 }] }] }",
      "spec.egress[1].ports[0].port",
    ],
    [
      "with a type that is none",
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: a }\nspec: { policyTypes: [ingress] }",
      "spec.policyTypes[0]",
    ],
  ])("%s are an error with file, line and field", (_name, source, field) => {
    expect(errorOf(() => compile(`${pod("first")}---\n${source}\n`))).toMatch(
      new RegExp(`^f\\.yaml:5: ${field.replaceAll(/[.[\]]/g, String.raw`\$&`)}: expected`),
    );
  });
});

describe("paths", () => {
  let folder = "";
  const write = async (files: Readonly<Record<string, string | Buffer>>): Promise<void> => {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
  };
  const names = async (...paths: readonly string[]): Promise<readonly unknown[]> =>
    (await Array.fromAsync(readManifests(paths))).map(
      ({ value }) => (value as { readonly metadata: { readonly name: string } }).metadata.name,
    );

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "netpol-guard-manifests-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("of folders are read with all below them, in the order of their names", async () => {
    await write({
      "b.yaml": pod("b"),
      "a/z.yml": pod("z"),
      "a/a.json": '{ "metadata": { "name": "j" } }',
      "c/d/e.yaml": pod("e"),
    });
    expect(await names(folder)).toEqual(["j", "z", "b", "e"]);
  });

  it("of folders leave out what is no manifest by its name", async () => {
    await write({ "README.md": "# no", "a.yaml.bak": "{", "b.txt": "[", "c.yaml": pod("c"), yaml: "[" });
    expect(await names(folder)).toEqual(["c"]);
  });

  it("of files are read whatever their names, in the order given", async () => {
    await write({ b: pod("b"), "a.txt": pod("a") });
    expect(await names(join(folder, "b"), join(folder, "a.txt"))).toEqual(["b", "a"]);
  });

  it("of an empty folder are nothing", async () => {
    expect(await names(folder)).toEqual([]);
  });

  it("of links to files are those files, as a mounted ConfigMap has them", async () => {
    await write({ "..data/a.yaml": pod("a") });
    await mkdir(join(folder, "mount"));
    await symlink(join(folder, "..data/a.yaml"), join(folder, "mount/a.yaml"));
    expect(await names(join(folder, "mount"))).toEqual(["a"]);
  });

  it("of a link to a folder are that folder", async () => {
    await write({ "real/a.yaml": pod("a") });
    await symlink(join(folder, "real"), join(folder, "link"));
    expect(await names(join(folder, "link"))).toEqual(["a"]);
  });

  it("that are not there are an error that names them", async () => {
    const missing = join(folder, "missing");
    await expect(Array.fromAsync(readManifests([missing]))).rejects.toThrow(
      new DecodeError(missing, "expected a file or a folder, found nothing there"),
    );
  });

  it("of what is no UTF-8 are an error that names them", async () => {
    await write({ "a.yaml": Buffer.from([0x6b, 0xff, 0xfe, 0x80]) });
    const file = join(folder, "a.yaml");
    await expect(Array.fromAsync(readManifests([folder]))).rejects.toThrow(
      new DecodeError(file, "expected UTF-8 text"),
    );
    await expect(readText(file)).rejects.toThrow(DecodeError);
  });

  it("of a broken file are an error with its path and line", async () => {
    await write({ "a.yaml": pod("a"), "sub/b.yaml": `${pod("b")}---\nkind: [\n` });
    await expect(Array.fromAsync(readManifests([folder]))).rejects.toThrow(
      new RegExp(`^${join(folder, "sub/b.yaml")}:[56]: `),
    );
  });
});

describe("standard input", () => {
  const MODULE = resolve(import.meta.dirname, "../../../src/cluster/manifest-files.ts");
  const PROGRAM = `
    import { readManifests } from ${JSON.stringify(MODULE)};
    try {
      const manifests = await Array.fromAsync(readManifests(["-"]));
      process.stdout.write(JSON.stringify(manifests.map(({ place }) => place)));
    } catch (error) {
      process.stdout.write(error.name + " " + error.message);
    }
  `;
  const read = async (input: string | Buffer): Promise<string> => {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", PROGRAM]);
    child.stdin.end(input);
    return text(child.stdout);
  };

  it("is read where the path is -", async () => {
    expect(await read(`${pod("a")}---\n${pod("b")}`)).toBe('[{"file":"-","line":1},{"file":"-","line":5}]');
  });

  it("that is broken is an error with its line", async () => {
    expect(await read(`${pod("a")}---\nkind: [\n`)).toMatch(/^DecodeError -:[67]: /);
  });

  it("that is no UTF-8 is an error", async () => {
    expect(await read(Buffer.concat([Buffer.from("kind: P"), Buffer.from([0xff, 0xfe]), Buffer.from("d\n")]))).toBe(
      "DecodeError -: expected UTF-8 text",
    );
  });
});
