import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Folders that compute from what they are given: no clock, no chance, no environment, no input or output. */
const PURE = ["model", "dialects", "engine", "rules", "guard"].map((folder) => `src/${folder}/**`);

/** The scripts of the page that `graph` prints. */
const PAGE = "src/report/graph/page/*.js";

const HANDED = "The pure core is handed what it needs: time, chance and settings are arguments.";
const ENVIRONMENT = "main.ts alone reads the environment, and hands it on.";

const impureGlobals = [
  "process",
  "console",
  "fetch",
  "performance",
  "crypto",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
].map((name) => ({ name, message: HANDED }));

const impureProperties = [
  { object: "Date", property: "now", message: HANDED },
  { object: "Math", property: "random", message: HANDED },
];

const noEnum = {
  selector: "TSEnumDeclaration",
  message: "Expected a union of string literals: it is a type only, so nothing is left when types are stripped.",
};
const noDefaultExport = {
  selector: "ExportDefaultDeclaration, ExportSpecifier[exported.name='default']",
  message: "Expected a named export: it is called the same everywhere.",
};
const readonlyWhereShared = {
  selector:
    "ExportNamedDeclaration > :matches(TSInterfaceDeclaration, TSTypeAliasDeclaration) TSPropertySignature[readonly=false]",
  message: "Expected readonly: what others hold must not change under them.",
};

export default defineConfig(
  globalIgnores(["coverage/", "dist/", "reports/", ".stryker-tmp/"]),
  js.configs.recommended,
  {
    // What a browser runs is JavaScript, with types in comments: held to the same rules.
    files: ["**/*.ts", PAGE],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Safety. A promise that nobody waits for loses its error; a new kind of verdict must be dealt with everywhere;
      // a condition on a string or number that may be absent takes "" and 0 for absent.
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/strict-boolean-expressions": "error",
      "@typescript-eslint/prefer-readonly": "error",
      "no-param-reassign": "error",
      eqeqeq: "error",
      // `import { type A }` would still load the file, and would hide from the rules of .dependency-cruiser.cjs.
      "@typescript-eslint/no-import-type-side-effects": "error",
      "no-restricted-syntax": ["error", noEnum, noDefaultExport],

      // Not noise. A number in a template says what it says; spreading a string is how its code points are reached;
      // `_` is what is not used; `!` is banned, so its style is no matter, and so is interface or type.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
      "@typescript-eslint/consistent-type-definitions": "off",
    },
  },
  {
    files: ["src/**"],
    rules: {
      "no-restricted-syntax": ["error", noEnum, noDefaultExport, readonlyWhereShared],
      // Standard output holds the result of a command and nothing else, and logs go through the logger.
      "no-console": "error",
    },
  },
  {
    files: ["src/**"],
    ignores: ["src/main.ts"],
    rules: {
      "no-restricted-properties": ["error", { object: "process", property: "env", message: ENVIRONMENT }],
      "no-restricted-imports": [
        "error",
        ...["process", "node:process"].map((name) => ({ name, importNames: ["default", "env"], message: ENVIRONMENT })),
      ],
    },
  },
  {
    files: PURE,
    rules: {
      "no-restricted-globals": ["error", ...impureGlobals],
      "no-restricted-properties": ["error", ...impureProperties],
    },
  },
  {
    files: ["test/**"],
    rules: {
      // Fixtures are JSON of any shape, and a wrong guess about one fails its test anyway.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  // The compiler knows what a browser has.
  { files: [PAGE], rules: { "no-undef": "off" } },
  // The tools ask for a default export.
  { files: ["*.config.ts"], rules: { "no-restricted-syntax": ["error", noEnum] } },
  { files: ["**/*.cjs"], languageOptions: { globals: { module: "writable" } } },
);
