import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { developmentCertificates } from "../../src/admission/development-certificates.ts";
import { DNS_PODS, SHARED_WORKLOADS } from "./cluster/shared.ts";
import { TEAM_PODS } from "./cluster/team.ts";
import { measure } from "./measure.ts";
import { resultsText } from "./report.ts";
import { resultsJson } from "./results.ts";

// npm run bench -- [--json] [--pods 1000,10000] [--seconds 4]

const CERTIFICATES = fileURLToPath(new URL("../../certs/development", import.meta.url));

/** Requests need a second team to speak of. */
const FEWEST_PODS = DNS_PODS + SHARED_WORKLOADS + 2 * TEAM_PODS;

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    pods: { type: "string", default: "1000,10000,100000" },
    // The whole run then takes less than six minutes on two cores.
    seconds: { type: "string", default: "4" },
  },
});

const numberFrom = (option: string, text: string, least: number): number => {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= least) return value;
  throw new Error(`--${option}: expected a number from ${String(least)}, found ${JSON.stringify(text)}`);
};

const results = await measure({
  pods: values.pods.split(",").map((text) => Math.round(numberFrom("pods", text, FEWEST_PODS))),
  seconds: numberFrom("seconds", values.seconds, 0.1),
  tls: await developmentCertificates(CERTIFICATES),
  progress: (text) => {
    process.stderr.write(`${text}\n`);
  },
});
process.stdout.write(`${values.json ? resultsJson(results) : resultsText(results)}\n`);
