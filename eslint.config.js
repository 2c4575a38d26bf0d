import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Folders that compute from what they are given: no clock, no environment, no input or output. */
const PURE = ["model", "dialects", "engine", "rules", "guard"].map((folder) => `src/${folder}/**`);

const IMPURE_GLOBALS = [
  "process",
  "console",
  "fetch",
  "performance",
  "crypto",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
].map((name) => ({ name, message: "The pure core is handed what it needs: time, settings and state are arguments." }));

const ENVIRONMENT = "main.ts alone reads the environment, and hands it on.";

const noEnum = { selector: "TSEnumDeclaration", message: "A union of string literals needs no code when types are stripped." };
const noDefaultExport = {
  selector: "ExportDefaultDeclaration, ExportSpecifier[exported.name='default']",
  message: "Expected a named export: it is called the same everywhere.",
};
const readonlyProperties = {
  selector: "TSPropertySignature[readonly=false], PropertyDefinition[readonly=false][accessibility='public']",
  message: "Expected readonly: what others hold must not change under them.",
};

export default defineConfig(
  globalIgnores(["coverage/", "dist/", "reports/", ".stryker-tmp/"]),
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Safety: a promise that nobody waits for loses its error; a new kind of verdict must be dealt with everywhere.
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // "" and 0 are values here (the core API group, a port), so only booleans are conditions.
      "@typescript-eslint/strict-boolean-expressions": ["error", { allowString: false, allowNumber: false, allowNullableObject: false }],
      "@typescript-eslint/no-import-type-side-effects": "error",
      "@typescript-eslint/prefer-readonly": "error",
      "no-param-reassign": "error",
      eqeqeq: "error",
      // A number says the same with and without String().
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `interface` and `type` differ in nothing that matters here.
      "@typescript-eslint/consistent-type-definitions": "off",
      "no-restricted-syntax": ["error", noEnum, noDefaultExport],
    },
  },
  {
    files: ["src/**"],
    rules: {
      "no-restricted-syntax": ["error", noEnum, noDefaultExport, readonlyProperties],
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
        ...["process", "node:process"].map((name) => ({ name, importNames: ["env", "default"], message: ENVIRONMENT })),
      ],
    },
  },
  { files: PURE, rules: { "no-restricted-globals": ["error", ...IMPURE_GLOBALS] } },
  {
    files: ["test/**"],
    rules: {
      // Fixtures are JSON of any shape, and a wrong guess about it fails the test anyway.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  { files: ["*.config.ts"], rules: { "no-restricted-syntax": ["error", noEnum] } },
  { files: ["**/*.cjs"], languageOptions: { globals: { module: "writable" } } },
);
