import { describe, expect, it } from "vitest";
import { findingsText } from "../../../src/guard/message.ts";
import { EVIL, EVIL_REPORT, finding, REMARKABLE, render, report, warning } from "./reports.ts";
import { parseXml } from "./xml-tree.ts";

const parse = (of: Parameters<typeof render>[1]) => parseXml(render("junit", of));

describe("junit", () => {
  it("has a suite for each rule, and a test for each finding", () => {
    const root = parse(report([finding(), finding({ kind: "undecided", message: "who knows" }), warning()]));
    expect(root.name).toBe("testsuites");
    expect(root.attributes).toEqual({
      name: "netpol-guard",
      tests: "3",
      failures: "1",
      errors: "1",
      skipped: "0",
      timestamp: "2026-11-21T10:00:00Z",
    });
    expect(
      root.children.map(({ name, attributes }) => [
        name,
        attributes["name"],
        attributes["tests"],
        attributes["failures"],
        attributes["errors"],
      ]),
    ).toEqual([
      ["testsuite", "forbidden-path/db-not-from-frontend", "2", "1", "1"],
      ["testsuite", "lint/lint", "1", "0", "0"],
    ]);
  });

  it("says in a failure what the webhook says, and where", () => {
    const [test] = parse(report([finding()])).children[0]!.children;
    expect(test?.attributes).toEqual({
      classname: "forbidden-path/db-not-from-frontend",
      name: `NetworkPolicy shop/open-db: ${finding().message}`,
      file: "deploy/open-db.yaml",
      line: "12",
    });
    expect(test?.children).toEqual([
      {
        name: "failure",
        attributes: { type: "violation", message: finding().message },
        children: [],
        text: `error at deploy/open-db.yaml:12:9\n${findingsText([finding()])}`,
      },
    ]);
  });

  it.each([
    ["a refusal", finding(), "failure"],
    ["a refusal of what could not be judged", finding({ kind: "undecided" }), "error"],
    ["a warning", finding({ effect: "warn" }), "system-out"],
    ["a warning of what could not be judged", finding({ effect: "warn", kind: "undecided" }), "system-out"],
    ["a note", finding({ effect: "audit" }), "system-out"],
  ])("takes %s for what it is", (_what, one, name) => {
    expect(parse(report([one])).children[0]?.children[0]?.children.map((child) => child.name)).toEqual([name]);
  });

  it("has a test that passes for a rule that finds nothing, and one that was skipped for what is not judged", () => {
    const { children, attributes } = parse(report([], { evidence: REMARKABLE.evidence }));
    expect(attributes).toMatchObject({ tests: "3", failures: "0", errors: "0", skipped: "1" });
    expect(
      children.map((suite) => suite.children.map((test) => [test.attributes["name"], test.children.length])),
    ).toEqual([
      [["no findings", 0]],
      [["no findings", 0]],
      [["CiliumNetworkPolicy shop/l7: policies of this language are not judged", 1]],
    ]);
    expect(children[2]?.children[0]?.children[0]?.name).toBe("skipped");
  });

  it("is read back as one element for each, whatever the names", () => {
    const { children } = parse(EVIL_REPORT);
    expect(children.map((suite) => [suite.name, suite.children.length])).toEqual([
      ["testsuite", EVIL.length],
      ["testsuite", EVIL.length],
      ["testsuite", EVIL.length],
    ]);
    const failures = children[0]!.children.flatMap((test) => test.children);
    expect(failures.map(({ name, children: none }) => [name, none])).toEqual(EVIL.map(() => ["failure", []]));
    expect(failures.map(({ text }) => text).join()).toContain("<script>alert(1)</script>");
  });
});
