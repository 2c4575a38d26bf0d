import { describe, expect, it, vi } from "vitest";
import { NO_PRECEDENTS } from "../../../src/rules/precedents.ts";
import type { Transition } from "../../../src/engine/transition.ts";
import { withChange } from "../../../src/engine/overlay.ts";
import { GuardError } from "../../../src/model/errors.ts";
import { MOST_PATHS } from "../../../src/rules/custom/opened.ts";
import { compileProgram, MOST_STEPS, type Bindings } from "../../../src/rules/custom/program.ts";
import { changeOf, stateOf } from "../guard/requests.ts";
import { refusalOf, ruleWith } from "./rule-options.ts";

const refused = (expression: string): string =>
  refusalOf("custom", "message: no", `expression: ${JSON.stringify(expression)}`);

describe("an expression that cannot be", () => {
  it.each([
    ["change.name ==", "1:13"],
    ["change.name == 'a' &&\n  change.kind ~ 'b'", "2:15"],
    ["true) || (true", "1:5"],
    ["", "1:1"],
  ])("is refused with the place of its syntax error: %j", (expression, place) => {
    expect(refused(expression)).toMatch(new RegExp(`^2: expression: at ${place} of the expression: .*found`, "s"));
  });

  it.each([
    ["object.name == 'a'", "1:1", "found object"],
    ["change.name == nam", "1:16", "found nam"],
    ["opened.all(p, q.ports == p)", "1:15", "found q"],
    ["[1].all(change, change > 0) && p > 0", "1:32", "found p"],
    ["change.name.startWith('a')", "1:12", "expected a function of CEL, found startWith"],
    ["['a'].exists(x, now() > x)", "1:17", "found now"],
    ["{'a': b}.size() == 1", "1:7", "found b"],
    ["google.protobuf.Duration{seconds: 1} == change", "1:1", "found a message"],
  ])("is refused for what it names: %s", (expression, place, text) => {
    expect(refused(expression)).toMatch(/^2: expression: at /);
    expect(refused(expression)).toContain(text);
    expect(refused(expression)).toContain(`at ${place} of the expression`);
  });

  it("cannot name what the guard adds to it", () => {
    expect(refused("@step()")).toMatch(/^2: expression: at 1:1 /);
  });
});

it("needs a message, and takes ends and ports", () => {
  expect(refusalOf("custom", "expression: 'true'")).toMatch(/: message: /);
  expect(refusalOf("custom", "expression: 'true'", "message: no", "from: { cidr: 10.0.0.0 }")).toMatch(
    /^3: from\.cidr: /,
  );
  expect(
    refusalOf("custom", "expression: 'true'", "message: no", "to: { external: true }", "ports: [{ port: 1 }]"),
  ).toBe("no error");
});

const bindings = (opened: Bindings["opened"]): Bindings => ({
  change: new Map([["name", "web"]]),
  namespaceObject: new Map(),
  opened,
});
const NOTHING = (): never[] => [];
const run = (expression: string, opened: Bindings["opened"] = NOTHING, tick = (): void => undefined) =>
  compileProgram(expression).run(bindings(opened), tick);

describe("an evaluation", () => {
  it("asks for the paths when it gets to them, and once", () => {
    const opened = vi.fn(NOTHING);
    expect(run("change.name == 'web' || opened.size() > 0", opened)).toEqual({ kind: "passed" });
    expect(opened).not.toHaveBeenCalled();
    expect(run("opened.size() == 0 && opened.size() == 0", opened)).toEqual({ kind: "passed" });
    expect(opened).toHaveBeenCalledOnce();
  });

  it("finds no name in a prototype", () => {
    expect(run("has(change.constructor)")).toEqual({ kind: "failed" });
    expect(run("'toString' in change")).toEqual({ kind: "failed" });
    expect(run("change.hasOwnProperty == 1")).toMatchObject({ kind: "undecided" });
  });

  it("throws what stops the time, whatever else is true", () => {
    const late = new GuardError("the time is over");
    const tick = vi.fn(() => {
      throw late;
    });
    expect(() => run("[1, 2, 3].all(x, x > 0) || true", NOTHING, tick)).toThrow(late);
    expect(tick).toHaveBeenCalledOnce();
  });

  it("throws what keeps the paths from being found, whatever else is true", () => {
    const late = new GuardError("the time is over");
    const opened = (): never => {
      throw late;
    };
    expect(() => run("opened.size() == 0 || true", opened)).toThrow(late);
    expect(() => run("[1].exists(x, opened.size() == 0) || true", opened)).toThrow(late);
  });

  it("looks at the time in every turn of a loop", () => {
    const tick = vi.fn(() => undefined);
    run("[1, 2, 3].all(x, [1, 2].exists(y, x < y || true))", NOTHING, tick);
    expect(tick).toHaveBeenCalledTimes(3 + 3 * 2);
  });

  it("ends soon once its steps are used up, and decides nothing even if it is true", () => {
    const ten = "[0,1,2,3,4,5,6,7,8,9]";
    const loops = ["a", "b", "c", "d", "e", "f", "g", "h"].reduceRight(
      (inner, name) => `${ten}.all(${name}, ${inner})`,
      "a >= 0",
    );
    let ticks = 0;
    const tick = (): number => ticks++;
    const program = compileProgram(`${loops} || true`);
    expect(program.run(bindings(NOTHING), tick)).toMatchObject({ kind: "undecided" });
    expect(ticks).toBeLessThanOrEqual(MOST_STEPS);
    expect(compileProgram("true").run(bindings(NOTHING), tick)).toEqual({ kind: "passed" });
    expect(program.run(bindings(NOTHING), tick)).toMatchObject({ kind: "undecided" });
  });

  it("takes linear time for a pattern that would make others backtrack", () => {
    expect(run(`"${"a".repeat(5000)}!".matches("^(a+)+$")`)).toEqual({ kind: "failed" });
  });

  it("keeps no answer from one to the next", () => {
    const program = compileProgram("opened.size() == 0");
    expect(
      program.run(
        bindings(() => [1n]),
        () => undefined,
      ),
    ).toEqual({ kind: "failed" });
    expect(program.run(bindings(NOTHING), () => undefined)).toEqual({ kind: "passed" });
  });
});

const transitionTo = (state: string, yaml: string): Transition => {
  const before = stateOf(state);
  const change = changeOf(yaml);
  return { before, after: withChange(before, change), change, tick: () => undefined };
};

it("is not decided by paths that are not all there are", () => {
  const side = Math.ceil(Math.sqrt(MOST_PATHS)) + 1;
  const pods = Array.from(
    { length: 2 * side },
    (_, i) =>
      `{ apiVersion: v1, kind: Pod, metadata: { name: p${String(i)}, namespace: shop, labels: { n: "${String(i)}", side: ${i < side ? "a" : "b"} } } }`,
  );
  const deny =
    "{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: deny, namespace: shop }, spec: {} }";
  const allow = `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: allow, namespace: shop }, spec: { podSelector: { matchLabels: { side: a } }, ingress: [{ from: [{ podSelector: { matchLabels: { side: b } } }] }] } }`;
  const transition = transitionTo([...pods, deny].join("\n---\n"), allow);
  const judged = (expression: string, ...more: string[]) =>
    ruleWith("custom", "message: no", `expression: ${JSON.stringify(expression)}`, ...more).judge(
      transition,
      NO_PRECEDENTS,
    );
  expect(judged("opened.all(p, p.to.namespace == 'shop')")).toMatchObject([
    { kind: "undecided", standing: "new", details: [expect.stringContaining(`more than ${String(MOST_PATHS)} paths`)] },
  ]);
  expect(judged("opened.all(p, p.to.namespace == 'lab')")).toMatchObject([{ kind: "violation" }]);
  expect(judged("change.name == 'allow'")).toEqual([]);
  expect(
    judged("opened.all(p, p.to.namespace == 'shop')", 'from: { podSelector: { matchLabels: { n: "1" } } }'),
  ).toEqual([]);
});

it("says on one line what would have to be true", () => {
  const [found] = ruleWith("custom", "message: no", "expression: \"change.name\\n  == 'b'\"").judge(
    transitionTo("", "{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }"),
    NO_PRECEDENTS,
  );
  expect(found).toMatchObject({ message: "Namespace shop: no", fix: "make this true: change.name == 'b'" });
});

it("costs nothing where an update changes nothing that is judged", () => {
  const pods = Array.from(
    { length: 300 },
    (_, i) =>
      `{ apiVersion: v1, kind: Pod, metadata: { name: p${String(i)}, namespace: shop, labels: { n: "${String(i)}" } } }`,
  );
  const policy =
    "{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: open, namespace: shop }, spec: { podSelector: { matchExpressions: [{ key: n, operator: Exists }] }, ingress: [{}] } }";
  const before = stateOf([...pods, policy].join("\n---\n"));
  const change = changeOf(policy.replace("namespace: shop", "namespace: shop, annotations: { a: b }"), {
    operation: "UPDATE",
  });
  const tick = vi.fn(() => undefined);
  const rule = ruleWith("custom", "message: no", "expression: opened.size() == 0");
  expect(rule.judge({ before, after: withChange(before, change), change, tick }, NO_PRECEDENTS)).toEqual([]);
  expect(tick).not.toHaveBeenCalled();
});
