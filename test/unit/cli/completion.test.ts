import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Argument, Command, Option } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SHELLS } from "../../../src/cli/completion/index.ts";
import { wordsOf } from "../../../src/cli/completion/words.ts";
import { assembledProgram } from "../installed.ts";
import { ROOT, run } from "./program.ts";

/** What a shell did with a script. */
const shell = (name: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) => {
  const { status, stdout, stderr } = spawnSync(name, args, {
    cwd: ROOT,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: folder, TERM: "dumb", ...environment },
  });
  return { status, stdout, stderr };
};

const isInstalled = (name: string): boolean => spawnSync(name, ["-c", "exit 0"]).status === 0;

let folder = "";
const scripts = new Map<string, string>();

afterAll(() => {
  rmSync(folder, { recursive: true });
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "netpol-guard-completion-"));
  for (const { name, script } of SHELLS) {
    const file = join(folder, `${name}.txt`);
    scripts.set(name, file);
    writeFileSync(file, script("netpol-guard", wordsOf(assembledProgram())));
  }
});

/** Every command as it is typed, and what belongs there: its subcommands, and its options. */
const COMMANDS = wordsOf(assembledProgram()).map(
  ({ path, subcommands, options }) =>
    [
      ["netpol-guard", ...path].join(" "),
      subcommands.map(({ name }) => name).sort(),
      options.flatMap(({ flags }) => flags).sort(),
    ] as const,
);

describe("completion", () => {
  it("knows every command and option that help shows", () => {
    const help = (command: Command): readonly string[] => [
      command.helpInformation().replace(/^Arguments:\n(.+\n)*/m, ""),
      ...command.commands.flatMap((each) => help(each)),
    ];
    const shown = help(assembledProgram()).flatMap(
      (text) => text.match(/(?<=^ {2}(-\w, )?)(--[a-z-]+|[a-z]+)(?=[ ,])/gm) ?? [],
    );
    const known = COMMANDS.flatMap(([, subcommands, options]) => [...subcommands, ...options]);
    expect(shown.length).toBeGreaterThan(20);
    expect(shown.filter((word) => !known.includes(word))).toEqual([]);
  });

  it("prints the script of a shell", async () => {
    const { code, stdout, stderr } = await run(["completion", "bash"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(readFileSync(scripts.get("bash")!, "utf8"));
  });

  it("ends with 2 for another shell", async () => {
    expect(await run(["completion", "tcsh"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "netpol-guard: completion: expected one of bash, zsh, fish, found tcsh\n",
    });
  });

  it.each(SHELLS.map(({ name }) => name))("takes words for %s as they are, whatever is in them", (name) => {
    const program = new Command("odd").description('it\'s $(touch /tmp/no) `no` \\ "no"');
    program
      .command("it's")
      .description("$(no): 'no' \\' \"no\"")
      .addOption(new Option("--a <b>", "it's").choices(["c'd"]));
    program.command("other").addArgument(new Argument("<x>").choices(["$HOME", "y"]));
    const file = join(folder, `odd-${name}`);
    writeFileSync(file, SHELLS.find((each) => each.name === name)!.script("odd", wordsOf(program)));
    if (!isInstalled(name)) return;
    expect(shell(name, ["-n", file])).toEqual({ status: 0, stdout: "", stderr: "" });
  });
});

describe("completion in bash", () => {
  /** What bash offers for words of a line; it splits them at equals signs. */
  const offered = (line: string): readonly string[] => {
    const words = line.split(/ +|(?<==)|(?==)/);
    const { status, stdout, stderr } = shell("bash", [
      "--norc",
      "-c",
      'set -u; source "$1"; shift; complete -p netpol-guard > /dev/null; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _netpol_guard; printf "%s\\n" ${COMPREPLY[@]+"${COMPREPLY[@]}"}',
      "bash",
      scripts.get("bash")!,
      ...words,
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout
      .split("\n")
      .filter((word) => word !== "")
      .sort();
  };

  it.each(COMMANDS)("offers what can follow %s", (command, subcommands, options) => {
    if (subcommands.length > 0) expect(offered(`${command} `)).toEqual(subcommands);
    expect(offered(`${command} -`)).toEqual(options);
  });

  it.each([
    ["netpol-guard pro", ["probe"]],
    ["netpol-guard config v", ["validate"]],
    ["netpol-guard diff -o ", ["json", "markdown", "text"]],
    ["netpol-guard diff a b --output m", ["markdown"]],
    ["netpol-guard diff --output=", ["json", "markdown", "text"]],
    ["netpol-guard diff --output=j", ["json"]],
    ["netpol-guard serve --log-level w", ["warn"]],
    ["netpol-guard completion ", ["bash", "fish", "zsh"]],
    // Files, which bash offers itself where there is nothing.
    ["netpol-guard diff ", []],
    ["netpol-guard probe --state ", []],
    ["netpol-guard probe --state config ", []],
    ["netpol-guard config validate ", []],
    // A value that is called like a command does not change the command.
    ["netpol-guard probe --from serve --f", ["--from"]],
  ])("offers for «%s» %j", (line, words) => {
    expect(offered(line)).toEqual(words);
  });

  it("runs nothing of what is being typed", () => {
    const file = join(folder, "no");
    expect(offered(`netpol-guard $(touch\u00a0${file}) \`touch\u00a0${file}\` `)).toBeDefined();
    expect(shell("ls", [file]).status).not.toBe(0);
  });

  it("completes files", () => {
    const { stdout } = shell("bash", [
      "--norc",
      "-c",
      'source "$1"; complete -p netpol-guard',
      "bash",
      scripts.get("bash")!,
    ]);
    expect(stdout).toMatch(/^complete -o bashdefault -o default -F _netpol_guard netpol-guard\n$/);
  });
});

describe.skipIf(!isInstalled("fish"))("completion in fish", () => {
  const offered = (line: string): readonly string[] => {
    const { status, stdout, stderr } = shell("fish", [
      "--no-config",
      "-c",
      `source ${scripts.get("fish")!}; complete -C '${line}'`,
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout
      .split("\n")
      .filter((word) => word !== "")
      .map((word) => word.replace(/\t.*/, ""))
      .sort();
  };

  it.each(COMMANDS)("offers what can follow %s", (command, subcommands, options) => {
    if (subcommands.length > 0) expect(offered(`${command} `)).toEqual(subcommands);
    expect(offered(`${command} --`)).toEqual(options.filter((flag) => flag.startsWith("--")));
  });

  it.each([
    ["netpol-guard diff -o ", ["json", "markdown", "text"]],
    ["netpol-guard diff a b --output=j", ["--output=json"]],
    ["netpol-guard completion ", ["bash", "fish", "zsh"]],
    ["netpol-guard diff READ", ["README.md"]],
    ["netpol-guard probe --state READ", ["README.md"]],
  ])("offers for «%s» %j", (line, words) => {
    expect(offered(line)).toEqual(words);
  });
});

/** Types a line into an interactive zsh, presses tab, and prints the line that comes of it. */
const ZSH = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= PS2=; unsetopt prompt_cr prompt_sp; autoload -Uz compinit; compinit -u -D; source $1"
zpty -w shell 'tab() { zle complete-word; print -r -- "<<$BUFFER>>"; BUFFER= }; zle -N tab; bindkey "^T" tab; print ready""now'
zpty -r shell output "*readynow*"
zpty -w -n shell "$2"$'\\x14'
zpty -r shell output "*>>*"
print -r -- "\${\${output##*<<}%%>>*}"
`;

describe.skipIf(!isInstalled("zsh"))("completion in zsh", () => {
  it.each([
    ["netpol-guard pro", "netpol-guard probe"],
    ["netpol-guard config v", "netpol-guard config validate"],
    ["netpol-guard diff --out", "netpol-guard diff --output"],
    ["netpol-guard diff -o j", "netpol-guard diff -o json"],
    ["netpol-guard diff --output=j", "netpol-guard diff --output=json"],
    ["netpol-guard serve --log-level w", "netpol-guard serve --log-level warn"],
    ["netpol-guard completion f", "netpol-guard completion fish"],
    ["netpol-guard diff READ", "netpol-guard diff README.md"],
    ["netpol-guard probe --state READ", "netpol-guard probe --state README.md"],
  ])("makes of «%s» «%s»", (line, completed) => {
    const { stdout, stderr } = shell("zsh", ["-f", "-c", ZSH, "zsh", scripts.get("zsh")!, line]);
    expect({ line: stdout.trimEnd(), stderr }).toEqual({ line: completed, stderr: "" });
  });
});
