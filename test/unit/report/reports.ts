import { expect } from "vitest";
import { OUTPUT_FORMATS } from "../../../src/report/index.ts";
import type { Evidence, LocatedFinding, Report } from "../../../src/report/report.ts";

const CODE = "forbidden-path/db-not-from-frontend";

const DOCS = "docs/rules/forbidden-path.md";

/** A finding that would be refused, different in what is given. */
export const finding = (different: Partial<LocatedFinding> = {}): LocatedFinding => ({
  code: CODE,
  effect: "deny",
  standing: "new",
  kind: "violation",
  message: "NetworkPolicy shop/open-db would let shop/frontend reach shop/db on TCP 3306",
  details: ["egress: no policy selects it   ingress: shop/NetworkPolicy/open-db, spec.ingress[0].from[1]"],
  fix: "narrow shop/NetworkPolicy/open-db",
  docs: DOCS,
  more: 0,
  object: { kind: "NetworkPolicy", namespace: "shop", name: "open-db" },
  place: { file: "deploy/open-db.yaml", line: 12, column: 9 },
  mode: "enforce",
  ...different,
});

/** A warning that has no place, as one about a cluster. */
export const warning = (different: Partial<LocatedFinding> = {}): LocatedFinding =>
  finding({
    code: "lint/lint",
    effect: "warn",
    standing: "existing",
    kind: "advice",
    message: "NetworkPolicy tools/odd selects no pod",
    details: [],
    fix: "compare keys and values",
    docs: "docs/rules/lint.md",
    object: { kind: "NetworkPolicy", namespace: "tools", name: "odd" },
    place: undefined,
    mode: "warn",
    ...different,
  });

/** What an empty report rests on. */
const EVIDENCE: Evidence = {
  time: "2026-11-21T10:00:00Z",
  configurationHash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  objects: 12,
  resourceVersions: [],
  notJudged: [],
  exceptions: [],
};

/** A report of two rules. */
export const report = (
  findings: readonly LocatedFinding[],
  different: Partial<Omit<Report, "evidence">> & { readonly evidence?: Partial<Evidence> } = {},
): Report => ({
  tool: { name: "netpol-guard", version: "0.1.0" },
  rules: [
    { code: CODE, type: "forbidden-path", docs: DOCS },
    { code: "lint/lint", type: "lint", docs: "docs/rules/lint.md" },
  ],
  findings,
  order: undefined,
  ...different,
  evidence: { ...EVIDENCE, ...different.evidence },
});

/** With an order, something that could not be judged, and an exception. */
export const REMARKABLE: Report = report([finding(), warning()], {
  order: {
    kind: "found",
    steps: [
      { operation: "CREATE", object: { kind: "NetworkPolicy", namespace: "shop", name: "default-deny" } },
      { operation: "DELETE", object: { kind: "Pod", namespace: "shop", name: "old" } },
    ],
  },
  evidence: {
    resourceVersions: [{ kind: "Pod", resourceVersion: "4711" }],
    notJudged: ["CiliumNetworkPolicy shop/l7: policies of this language are not judged"],
    exceptions: [
      {
        rule: "db-not-from-frontend",
        reason: "it moves the data",
        owner: "team-db",
        expires: "2027-01-31",
        daysLeft: 71,
      },
    ],
  },
});

/** Renders in the format of a name. */
export const render = (name: string, of: Report, colour = false): string => {
  const format = OUTPUT_FORMATS.find((each) => each.name === name);
  expect(format).toBeDefined();
  return format!.render(of, { colour });
};

/** What somebody may write into a manifest so that a report of it does more than be read. */
export const EVIL: readonly string[] = [
  "\u001b[2J\u001b]8;;https://evil.example\u0007", // clears a terminal, links
  "a\u009b31mb\u0085c", // the same with 8-bit controls
  "\r\n::error file=x::y\n##[stop-commands]z", // commands of a workflow
  "::set-output name=a::b,line=1%0A::add-mask::c", // likewise, escaped already
  "<script>alert(1)</script><img src=x onerror=alert(1)>",
  "]]></failure></testcase><testcase name='forged'>&lol;",
  "x | y | z \\| w",
  "</code></summary></details>\n\n# heading",
  "`````\n# out of the fence\n`",
  "```",
  "[click](https://evil.example) ![](https://evil.example/a.png) https://evil.example www.evil.example",
  "@everybody @org/team #1 a@evil.example",
  "*bold* _it_ ~~no~~ <!-- comment -->",
  "\u202egnp.exe\u2066\u2069\u2028\u2029",
  "\ud800 half \udfff \ufffe \u0000",
  "{0} {{1}} ${jndi:x} $(id) %s",
  "--> \"quoted\" 'quoted' \\u0041",
];

/** A report in which everything that comes from manifests is evil. */
export const EVIL_REPORT: Report = report(
  EVIL.flatMap((evil) =>
    [finding, warning].map((make) =>
      make({
        message: `NetworkPolicy ${evil} would let ${evil} in`,
        details: [`egress: ${evil}`],
        fix: `narrow ${evil}`,
        object: { kind: evil, namespace: evil, name: evil },
        place: { file: `deploy/${evil}.yaml`, line: 1, column: 1 },
      }),
    ),
  ),
  {
    order: {
      kind: "found",
      steps: EVIL.map((name) => ({ operation: "CREATE", object: { kind: name, namespace: name, name } })),
    },
    evidence: {
      notJudged: EVIL,
      exceptions: EVIL.map((reason) => ({ rule: "a", reason, owner: reason, expires: "2027-01-31", daysLeft: 1 })),
    },
  },
);
