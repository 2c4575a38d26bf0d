import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { reviewOf } from "../demo/review.ts";
import { testAuthority, type ClientPair } from "../unit/admission/client-certificates.ts";
import { valueOf } from "../unit/metrics/exposition.ts";
import { type GuardProcess, startGuard } from "./guard-process.ts";
import { refusedBy } from "./kubectl.ts";
import { scratchDirectory } from "./main-process.ts";
import { pod } from "./objects.ts";
import { post } from "./post.ts";
import { readyz } from "./readyz.ts";
import { register } from "./register.ts";
import { BASE_CONFIG } from "./shipped.ts";

const STEP_MS = 120_000;
const NAME = "kube-apiserver";

const write = (name: string, content: string | object): string => {
  const path = join(scratchDirectory, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};

/** The file for --admission-control-config-file of an API server that shows this certificate to webhooks. */
const admissionConfiguration = ({ cert, key }: ClientPair): string => {
  const user = { "client-certificate": write("webhook.crt", cert), "client-key": write("webhook.key", key) };
  const kubeConfigFile = write("webhooks.json", {
    apiVersion: "v1",
    kind: "Config",
    users: [{ name: "*", user }],
  });
  return write("admission.json", {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AdmissionConfiguration",
    plugins: [
      {
        name: "ValidatingAdmissionWebhook",
        configuration: {
          apiVersion: "apiserver.config.k8s.io/v1",
          kind: "WebhookAdmissionConfiguration",
          kubeConfigFile,
        },
      },
    ],
  });
};

describeControlPlane("a guard that knows its API server", {}, () => {
  let plane: ControlPlane;
  let guard: GuardProcess;
  let strangers: readonly (ClientPair | undefined)[];

  const decisions = async (): Promise<number> => {
    const text = await guard.metrics();
    const kinds = ["allow", "deny", "undecided"].map(
      (decision) => valueOf(text, "netpol_guard_decisions_total", { operation: "CREATE", decision }) ?? NaN,
    );
    return kinds.reduce((sum, count) => sum + count, 0);
  };

  beforeAll(async () => {
    const [own, other] = await Promise.all([testAuthority("cluster"), testAuthority("cluster")]);
    const config = admissionConfiguration(await own.sign(`CN=${NAME}`));
    plane = await startControlPlane({ apiServerFlags: [`--admission-control-config-file=${config}`] });
    guard = await startGuard({
      config: BASE_CONFIG,
      state: ["--kubeconfig", plane.kubeconfig],
      more: ["--client-ca", write("client-ca.crt", own.ca), "--client-cn", NAME],
    });
    strangers = [undefined, await other.sign(`CN=${NAME}`), await own.sign("CN=system:node:a,O=system:nodes")];
    return async () => {
      await guard.stop();
      await plane.stop();
    };
  }, BUILD_AND_START_MS);

  it(
    "answers it",
    async () => {
      await register(plane, guard);
      const result = await plane.kubectl(["create", "-f", "-"], { input: JSON.stringify(pod("default", "web")) });
      expect(refusedBy(result)).toEqual(["require-default-deny/default-deny"]);
    },
    STEP_MS,
  );

  it(
    "judges nothing for anybody else, and lets everybody see whether it is well",
    async () => {
      const before = await decisions();
      expect(before).toBeGreaterThan(0);
      const review = JSON.stringify(reviewOf("CREATE", { ...pod("default", "web") }, undefined));
      for (const stranger of strangers) expect((await post(guard, review, stranger)).code).toBe(403);
      expect(await readyz(guard)).toBe("200 ok");
      const refused = async (): Promise<number | undefined> =>
        valueOf(await guard.metrics(), "netpol_guard_requests_unauthenticated_total");
      await expect.poll(refused, { timeout: 10_000 }).toBe(strangers.length);
      expect(await decisions()).toBe(before);
    },
    STEP_MS,
  );
});
