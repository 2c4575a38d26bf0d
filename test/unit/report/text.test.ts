import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { findingsText } from "../../../src/guard/message.ts";
import { EVIL, EVIL_REPORT, finding, REMARKABLE, render, report, warning } from "./reports.ts";

const text = (...findings: Parameters<typeof report>[0]) => render("text", report(findings));

describe("text", () => {
  it("says where, what, and how many", () => {
    expect(text(finding(), warning())).toBe(`error at deploy/open-db.yaml:12:9, NetworkPolicy shop/open-db
${findingsText([finding()])}

warning, NetworkPolicy tools/odd (it was so before)
${findingsText([warning()])}

By rule:
- forbidden-path/db-not-from-frontend  1 error
- lint/lint                            1 warning
By namespace:
- shop   1 error
- tools  1 warning
1 error, 1 warning in 12 objects
`);
  });

  it("says that there is nothing to say", () => {
    expect(text()).toBe("no findings in 12 objects\n");
    expect(render("text", report([], { evidence: { objects: 1 } }))).toBe("no findings in 1 object\n");
  });

  it("says once what several findings are about", () => {
    const output = text(finding(), warning(), finding({ message: "another" }), finding({ effect: "audit" }));
    expect(output.match(/^(error|note) at .*$/gm)).toEqual([
      "error at deploy/open-db.yaml:12:9, NetworkPolicy shop/open-db",
      "note at deploy/open-db.yaml:12:9, NetworkPolicy shop/open-db",
    ]);
    expect(output).toContain(findingsText([finding(), finding({ message: "another" })]));
    expect(output).toMatch(/\n2 errors, 1 warning, 1 note in 12 objects\n$/);
  });

  it("goes through the files in order, and through numbers as numbers", () => {
    const at = (file: string, line: number, column = 1) => finding({ place: { file, line, column } });
    const output = text(warning(), at("b", 1), at("a", 10), at("a", 9, 2), at("a", 9), at("-", 3));
    expect(output.match(/^error at [^,]*|^warning/gm)).toEqual([
      "error at -:3:1",
      "error at a:9:1",
      "error at a:9:2",
      "error at a:10:1",
      "error at b:1:1",
      "warning",
    ]);
  });

  it("leaves none out, however many there are", () => {
    const output = text(...Array.from({ length: 1000 }, (_, index) => finding({ message: `path ${index}` })));
    expect(output.match(/^\[forbidden-path/gm)).toHaveLength(1000);
  });

  it("counts a Namespace itself as its own, and knows objects of none", () => {
    const namespace = finding({ object: { kind: "Namespace", namespace: "", name: "shop" } });
    const other = finding({ object: { kind: "GlobalNetworkPolicy", namespace: "", name: "all" } });
    expect(text(namespace, other, finding())).toContain("By namespace:\n- (none)  1 error\n- shop    2 errors\n");
  });

  it("adds the order, what is not judged, and exceptions", () => {
    expect(render("text", REMARKABLE)).toContain(`
An order in which a cluster would admit it:
1. create NetworkPolicy shop/default-deny
2. delete Pod shop/old

Not judged:
- CiliumNetworkPolicy shop/l7: policies of this language are not judged

Exceptions:
- db-not-from-frontend until 2027-01-31 (71 days left), team-db: it moves the data

By rule:
`);
  });

  it.each([
    [1, "1 day left"],
    [0, "its last day"],
    [-1, "expired"],
  ])("knows an exception with %i days left", (daysLeft, words) => {
    const exceptions = [{ rule: "a", reason: "b", owner: "c", expires: "2027-01-31", daysLeft }];
    expect(render("text", report([], { evidence: { exceptions } }))).toContain(
      `- a until 2027-01-31 (${words}), c: b\n`,
    );
  });

  it("says why there is no order", () => {
    const none = report([], { order: { kind: "none", reason: "a and b need each other" } });
    expect(render("text", none)).toContain(
      "No order in which a cluster would admit all of it:\n- a and b need each other\n",
    );
  });

  it("has colours where the caller says so, and the same words", () => {
    const coloured = render("text", REMARKABLE, true);
    expect(coloured).toContain("\u001b[31merror\u001b[39m");
    expect(coloured).toContain("\u001b[33mwarning\u001b[39m");
    expect(stripVTControlCharacters(coloured)).toBe(render("text", REMARKABLE));
  });

  it("lets no name end a line, steer a terminal, or look like a command of a workflow", () => {
    const output = render("text", EVIL_REPORT);
    expect(output.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(output.match(/^(error|warning) at /gm)).toHaveLength(EVIL.length * 2);
    expect(output.split("\n").filter((line) => line.trimStart().startsWith("::") || line.includes("##["))).toEqual([]);
  });
});
