import { expect, it } from "vitest";
import type { GuardStatus } from "../../../src/guard/status.ts";
import { statusText } from "../../../src/report/status-text.ts";

const CALM: GuardStatus = {
  server: "https://api.example:6443",
  registration: {
    entries: [
      {
        name: "policies.netpol-guard.io",
        failurePolicy: "Fail",
        calls: "Service netpol-guard/netpol-guard:443/validate",
        hasCa: true,
        refusesNothing: false,
        differences: [],
      },
    ],
    missing: [],
    emergency: undefined,
  },
  configuration: {
    source: "ConfigMap netpol-guard/netpol-guard-config",
    fault: undefined,
    mode: "enforce",
    rules: [],
    exceptions: [],
    notes: [],
  },
  namespaces: [],
  network: { answer: "enforced", plugins: ["Calico"], reason: "Calico enforces NetworkPolicy." },
};

const lines = (different: Partial<GuardStatus> = {}): readonly string[] =>
  statusText({ ...CALM, ...different })
    .trimEnd()
    .split("\n");

it("where all is as it should be, says so in few lines", () => {
  expect(lines()).toEqual([
    "API server: https://api.example:6443",
    "registration (entry, without an answer, where it is asked for):",
    "  policies.netpol-guard.io  Fail  Service netpol-guard/netpol-guard:443/validate",
    "emergency: none",
    "configuration: ConfigMap netpol-guard/netpol-guard-config, mode enforce",
    "rules:",
    "  none",
    "exceptions:",
    "  none",
    "namespaces that are not as all others:",
    "  none",
    "network policies: enforced. Calico enforces NetworkPolicy.",
  ]);
});

it("names what is wrong with the registration", () => {
  const [entry] = CALM.registration?.entries ?? [];
  const registration = {
    entries: [{ ...entry!, hasCa: false, differences: ['failurePolicy is "Ignore", shipped is "Fail"'] }],
    missing: ["config.netpol-guard.io"],
    emergency: undefined,
  };
  expect(lines({ registration }).slice(1, 6)).toEqual([
    "registration (entry, without an answer, where it is asked for):",
    "  policies.netpol-guard.io  Fail  Service netpol-guard/netpol-guard:443/validate  no caBundle: calls fail",
    "  config.netpol-guard.io: shipped, and not there",
    '  policies.netpol-guard.io: failurePolicy is "Ignore", shipped is "Fail"',
    "emergency: none",
  ]);
  expect(lines({ registration: undefined })[1]).toBe(
    "registration: none, so the guard is asked nothing and enforces nothing",
  );
  expect(lines({ registration: undefined })).toContain("rules (the guard is asked nothing):");
});

it.each([
  ["of all entries", "2026-11-21T10:00:00.000Z", 2, "emergency since 2026-11-21T10:00:00.000Z: nothing is refused"],
  ["that nobody noted", undefined, 2, "emergency: nothing is refused"],
  ["of some entries", undefined, 3, "emergency: nothing is refused by a, b"],
])("says that there is an emergency %s, and how it ends", (_name, since, count, line) => {
  const [entry] = CALM.registration?.entries ?? [];
  const entries = Array.from({ length: count }, () => entry!);
  const text = lines({ registration: { entries, missing: [], emergency: { since, entries: ["a", "b"] } } });
  expect(text.slice(count + 2, count + 4)).toEqual([line, "  it ends with: netpol-guard emergency --undo"]);
  expect(text).toContain("rules (but for the emergency):");
});

it("has a row for each rule, exception and reason", () => {
  const exception = { rule: "db", reason: "it moves the data", owner: "team-db", expires: "2027-01-31" };
  const text = lines({
    configuration: {
      ...CALM.configuration,
      rules: [
        { name: "default-deny", type: "require-default-deny", mode: "enforce" },
        { name: "db", type: "forbidden-path", mode: "warn" },
      ],
      exceptions: [
        { ...exception, daysLeft: 71 },
        { ...exception, daysLeft: 1 },
        { ...exception, daysLeft: 0 },
      ],
      notes: ["exceptions are not applied"],
    },
    namespaces: [
      { name: "kube-system", mode: "exempt", reasons: ["here", "there"] },
      { name: "legacy", mode: undefined, reasons: ["so"] },
    ],
  });
  expect(text.slice(5, -1)).toEqual([
    "rules:",
    "  default-deny  enforce  require-default-deny",
    "  db            warn     forbidden-path",
    "exceptions:",
    "  db  71 days left, until 2027-01-31  team-db: it moves the data",
    "  db  1 day left, until 2027-01-31    team-db: it moves the data",
    "  db  ended on 2027-01-31             team-db: it moves the data",
    "  note: exceptions are not applied",
    "namespaces that are not as all others:",
    "  kube-system  exempt  here",
    "                       there",
    "  legacy               so",
  ]);
});

it("says why a configuration would not load, and nothing that it cannot know", () => {
  const fault = 'config.yaml:4: unknown key "ruls"';
  const text = lines({ configuration: { ...CALM.configuration, mode: undefined, fault } });
  expect(text.slice(4, 6)).toEqual([
    `configuration: ConfigMap netpol-guard/netpol-guard-config would not load: ${fault}; a guard that runs keeps what it loaded before`,
    "namespaces that are not as all others:",
  ]);
});

it("prints nothing that a terminal would take for a command", () => {
  const fault = "a\u001b[31mb\u0007\nc\u202ed";
  expect(statusText({ ...CALM, configuration: { ...CALM.configuration, fault } })).toContain("a [31mb c d;");
});
