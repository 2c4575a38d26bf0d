// Which folder may import which: the table of docs/architecture.md as a check (npm run check:imports).
// test/unit/architecture.test.ts runs it as a test, and plants a violation of every rule.

/** A path that begins with a folder of src/. */
const folder = (name) => `^src/${name}/`;

/** The files of an npm package. */
const npmPackage = (name) => `^node_modules/${name}/`;

/**
 * One entry a folder of src/. `imports`: patterns of what it may import beside itself; `types`: which of these kinds of
 * module it may import whatever their name is ("npm": the dependencies of package.json; "core": Node.js, `node:`).
 */
const FOLDERS = {
  model: {
    imports: [],
    types: [],
    why: "The words of the domain are shared by all and depend on nothing: no npm package, nothing of Node.js.",
  },
  dialects: {
    imports: [folder("model")],
    types: [],
    why: "A policy language is a pure translation of manifests to the model; it knows neither files nor the network.",
  },
  engine: {
    imports: [folder("model")],
    types: [],
    why: "Who reaches whom is computed from the model alone, so tests can hold it to a reference without a cluster.",
  },
  rules: {
    imports: [folder("model"), folder("engine"), npmPackage("zod"), npmPackage("@bufbuild/cel")],
    types: [],
    why: "A rule asks the engine about two states and describes its options (zod), one of them an expression (CEL); it neither sees requests nor waits.",
  },
  guard: {
    imports: [folder("model"), folder("engine"), "^src/rules/(rule|precedents)\\.ts$"],
    types: [],
    why: "The one place that judges is pure, and rules are handed to it: a new rule never changes the guard.",
  },
  config: {
    imports: [
      folder("model"),
      folder("guard"),
      "^src/rules/(index|rule|options)\\.ts$",
      npmPackage("yaml"),
      npmPackage("zod"),
    ],
    types: ["core"],
    why: "The configuration is parsed by the schemas of the rules' list, never by knowledge of a single rule.",
  },
  // The engine's ClusterIndex is the state that is judged, and cluster/ is what fills it.
  cluster: {
    imports: [folder("model"), folder("guard"), folder("dialects"), folder("engine")],
    types: ["npm", "core"],
    why: "Where state comes from is no matter of rules, of the wire or of reports; it fills the engine's index.",
  },
  admission: {
    imports: [folder("model"), folder("guard"), folder("dialects")],
    types: ["npm", "core"],
    why: "The wire decodes, asks the guard and responds: it decides nothing, and who reaches whom is not its matter.",
  },
  audit: {
    imports: [folder("model"), folder("guard"), folder("dialects")],
    types: ["npm", "core"],
    why: "The background scan is another door to the same guard, so it has no judgement of its own.",
  },
  report: {
    imports: [folder("model"), folder("guard"), folder("dialects")],
    types: ["npm", "core"],
    why: "An output format prints verdicts; it computes none and does not know who asked for it.",
  },
  metrics: {
    imports: [folder("model"), folder("guard")],
    types: ["npm", "core"],
    why: "What is counted is handed in, as numbers and as the guard's own words: nothing that works knows that it is measured.",
  },
  cli: {
    imports: ["^src/(?!main\\.ts$)"],
    types: ["npm", "core"],
    why: "A subcommand joins all the parts; only main may know that it exists, and it does not know main.",
  },
};

const KNOWN = `^src/(main\\.ts$|(${Object.keys(FOLDERS).join("|")})/)`;

const folderRules = Object.entries(FOLDERS).map(([name, { imports, types, why }]) => ({
  name: `${name}-imports`,
  comment: why,
  severity: "error",
  from: { path: folder(name) },
  to: { pathNot: [folder(name), ...imports], dependencyTypesNot: types },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...folderRules,
    {
      name: "guard-takes-the-rule-type-only",
      comment: "The guard knows what a rule is, not how one is made: a value from there would tie it to the rules.",
      severity: "error",
      from: { path: folder("guard") },
      to: { path: folder("rules"), dependencyTypesNot: ["type-only"] },
    },
    {
      name: "config-takes-guard-types-only",
      comment: "Loading a configuration makes the guard's settings and judges nothing.",
      severity: "error",
      from: { path: folder("config") },
      to: { path: folder("guard"), dependencyTypesNot: ["type-only"] },
    },
    {
      name: "known-folders",
      comment: "A folder that the table above does not name would be held by no rule: give it a line there first.",
      severity: "error",
      from: { path: "^src/", pathNot: KNOWN },
      to: {},
    },
    {
      name: "only-main-imports-cli",
      comment:
        "What two subcommands share belongs into the folder that it is about, where the other doors find it too.",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/main\\.ts$", folder("cli")] },
      to: { path: folder("cli") },
    },
    {
      name: "only-metrics-imports-prom-client",
      comment:
        "Whoever is measured tells an observer of its own kind: how metrics are kept and read stays in one folder.",
      severity: "error",
      from: { path: "^src/", pathNot: folder("metrics") },
      to: { path: npmPackage("prom-client") },
    },
    {
      name: "no-cycles",
      comment: "Files in a cycle can only be understood together, and may see each other half-loaded.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "A file that imports nothing and is imported by nothing is left over.",
      severity: "error",
      from: { path: "^src/", orphan: true },
      to: {},
    },
    {
      name: "no-tests-in-the-product",
      comment: "The image is built from src alone: an import from test/ would only fail there.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^test/" },
    },
    {
      name: "only-declared-dependencies",
      comment: "npm ci --omit=dev makes the image: a package that is not in `dependencies` is missing there.",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "resolvable",
      comment: "An import that leads nowhere escapes every other rule here.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "reference-stands-alone",
      comment: "The reference evaluator is written from the semantics; with code of src/ it would share its mistakes.",
      severity: "error",
      from: { path: "^test/reference/" },
      to: { path: "^src/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Type imports are imports: a folder that needs another's types knows that folder.
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
