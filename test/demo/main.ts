import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { developmentCertificates } from "../../src/admission/development-certificates.ts";
import { manifestsIn, readText } from "../../src/cluster/manifest-files.ts";
import { decodeManifest } from "../../src/dialects/index.ts";
import type { Mapping } from "../../src/dialects/manifest.ts";
import { refText, type ObjectRef } from "../../src/model/objects.ts";
import { readExamples, type Example, type Operation } from "./cases.ts";
import { findObject, reviewOf } from "./review.ts";
import { startExample, type Answer, type RunningExample } from "./running-example.ts";

const EXAMPLES = fileURLToPath(new URL("../../manifests/examples", import.meta.url));
const CERTIFICATES = fileURLToPath(new URL("../../certs/development", import.meta.url));

const refOfManifest = (object: Mapping): ObjectRef | undefined => decodeManifest(object)?.ref;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const report = (operation: Operation, object: Mapping, answer: Answer, expected: readonly string[]): boolean => {
  const ref = refOfManifest(object);
  const right = answer.allowed === (expected.length === 0) && answer.rules.join() === [...expected].sort().join();
  const verb = operation === "CREATE" ? "" : ` (${operation.toLowerCase()})`;
  const rules = answer.rules.length === 0 ? "" : ` [${answer.rules.join(", ")}]`;
  print(
    `${answer.allowed ? "ALLOW" : "DENY"} ${ref === undefined ? "an object that is not judged" : refText(ref)}${rules}${verb}`,
  );
  if (!answer.allowed) print(answer.message.replace(/^/gm, "      "));
  if (!right) print(`      WRONG: expected ${expected.length === 0 ? "ALLOW" : `DENY [${expected.join(", ")}]`}`);
  return right;
};

const play = async (example: Example, running: RunningExample): Promise<boolean> => {
  print(`\n${example.name}`);
  let right = true;
  for (const { value } of example.good) {
    right = report("CREATE", value, await running.ask("CREATE", value, undefined), []) && right;
    const object = decodeManifest(value);
    if (object !== undefined) running.index.upsert(object);
  }
  for (const { manifest, operation, rules } of example.cases) {
    const old = operation === "CREATE" ? undefined : findObject(example.good, manifest.value);
    right = report(operation, manifest.value, await running.ask(operation, manifest.value, old), rules) && right;
  }
  return right;
};

const printReview = async (file: string): Promise<void> => {
  const [manifest] = manifestsIn(await readText(file), file);
  if (manifest === undefined) throw new Error(`${file}: expected an object`);
  print(JSON.stringify(reviewOf("CREATE", manifest.value, undefined)));
};

const demonstrate = async (keep: boolean): Promise<void> => {
  const tls = await developmentCertificates(CERTIFICATES);
  let right = true;
  const kept: [Example, RunningExample][] = [];
  for (const example of await readExamples(EXAMPLES)) {
    const running = await startExample(example, tls);
    right = (await play(example, running)) && right;
    if (keep) kept.push([example, running]);
    else await running.close();
  }
  print(
    `\n${right ? "Every answer is the expected one." : "Some answers are not the expected ones: see WRONG above."}`,
  );
  process.exitCode = right ? 0 : 1;
  if (!keep) return;
  print("\nThe guards are still running, each over the good objects of its scenario. End them with Ctrl-C. Try:");
  for (const [example, { port }] of kept)
    print(`  # ${example.name}\n  curl --cacert certs/development/ca.crt https://127.0.0.1:${String(port)}/readyz`);
  const second = kept[1] ?? kept[0];
  if (second !== undefined)
    print(
      `  npm run --silent demo -- --review manifests/examples/${second[0].name}/bad/everything.yaml |\n    curl --cacert certs/development/ca.crt --json @- https://127.0.0.1:${String(second[1].port)}/validate`,
    );
};

const { values } = parseArgs({ options: { keep: { type: "boolean", default: false }, review: { type: "string" } } });
if (values.review !== undefined) await printReview(values.review);
else await demonstrate(values.keep);
