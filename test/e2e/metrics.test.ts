import { beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { lintExposition, parseExposition, valueOf } from "../unit/metrics/exposition.ts";
import { definedKind, definitionOf, objectOf } from "./foreign-kinds.ts";
import { type GuardProcess, startGuard } from "./guard-process.ts";
import { apply, succeed } from "./kubectl.ts";
import { daemonSet, defaultDeny, namespace, pod } from "./objects.ts";
import { post } from "./post.ts";
import { reviewOf } from "../demo/review.ts";
import { BASE_CONFIG, RBAC, REGISTRATION } from "./shipped.ts";

const STEP_MS = 180_000;
/** The registration is looked at and languages are looked at every five seconds. */
const soon = { timeout: 60_000, interval: 200 };

const CILIUM = definedKind("CiliumNetworkPolicy");

describeControlPlane("the metrics of a guard with the shipped rights", {}, () => {
  let plane: ControlPlane;
  let guard: GuardProcess;

  const value = async (name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined> =>
    valueOf(await guard.metrics(), `netpol_guard_${name}`, labels);

  beforeAll(async () => {
    plane = await startControlPlane({ users: [{ name: "guard" }] });
    await apply(plane, namespace("netpol-guard"), namespace("shop-secret-name"), defaultDeny("shop-secret-name"));
    await succeed(plane, ["apply", "-f", RBAC]);
    await succeed(plane, ["create", "clusterrolebinding", "guard", "--clusterrole=netpol-guard", "--user=guard"]);
    const own = ["--role=netpol-guard", "--user=guard", "-n", "netpol-guard"];
    await succeed(plane, ["create", "rolebinding", "guard", ...own]);
    guard = await startGuard({ config: BASE_CONFIG, state: ["--kubeconfig", plane.kubeconfigFor("guard")] });
    return async () => {
      await guard.stop();
      await plane.stop();
    };
  }, BUILD_AND_START_MS);

  it(
    "count reviews and what they found, and are as Prometheus wants them",
    async () => {
      const review = JSON.stringify(reviewOf("CREATE", { ...pod("default", "secret-pod-name") }, undefined));
      await post(guard, review);
      const denied = { operation: "CREATE", decision: "deny" };
      await expect.poll(() => value("decisions_total", denied), soon).toBe(1);
      expect(await value("request_duration_seconds_count", denied)).toBe(1);
      expect(await value("findings_total", { rule: "require-default-deny/default-deny", decision: "deny" })).toBe(2);
      expect(await value("ready")).toBe(1);
      expect(await value("cache_lag_seconds")).toBeLessThan(25);
      expect(await value("watch_event_age_seconds")).toBeLessThan(120);
      expect(await value("certificate_expiry_timestamp_seconds")).toBeGreaterThan(Date.now() / 1000);
      expect(await value("config_last_reload_successful")).toBe(1);
      const text = await guard.metrics();
      expect(lintExposition(text).filter((fault) => !/^(nodejs|process)_/.test(fault))).toEqual([]);
      const labels = parseExposition(text).flatMap(({ samples }) => samples.flatMap((sample) => [...sample.labels]));
      expect(JSON.stringify(labels)).not.toContain("secret");
    },
    STEP_MS,
  );

  it(
    "show policies that are not judged",
    async () => {
      expect(await value("unsupported_languages")).toBe(0);
      await apply(plane, definitionOf(CILIUM));
      await succeed(plane, ["wait", "--for=condition=Established", "crd", `${CILIUM.resource}.${CILIUM.group}`]);
      await apply(plane, objectOf(CILIUM));
      await expect.poll(() => value("unsupported_languages"), soon).toBe(1);
    },
    STEP_MS,
  );

  it(
    "show whether the network plug-in enforces policies",
    async () => {
      const plugin = (): Promise<readonly (number | undefined)[]> =>
        Promise.all([value("network_plugin_enforces"), value("network_plugin_ignores")]);
      expect(await plugin()).toEqual([0, 0]);
      await apply(plane, daemonSet("kube-system", "kube-flannel-ds"));
      await expect.poll(plugin, soon).toEqual([0, 1]);
      await apply(plane, daemonSet("kube-system", "cilium"));
      await expect.poll(plugin, soon).toEqual([1, 0]);
    },
    STEP_MS,
  );

  describe("show a registration", () => {
    const drift = async (): Promise<Readonly<Record<string, number | undefined>>> => {
      const text = await guard.metrics();
      const names = ["missing", "changed", "fail_open", "without_ca", "refusing_nothing"];
      return Object.fromEntries(
        names.map((name) => [name, valueOf(text, `netpol_guard_registration_entries_${name}`)]),
      );
    };
    const whole = { missing: 0, changed: 0, fail_open: 0, without_ca: 0, refusing_nothing: 0 };
    const patch = (...steps: readonly object[]): Promise<unknown> =>
      succeed(plane, [
        "patch",
        "validatingwebhookconfiguration",
        "netpol-guard",
        "--type=json",
        "-p",
        JSON.stringify(steps),
      ]);
    const ENTRIES = 5;

    it(
      "that is missing, and one whose calls fail for the lack of a CA",
      async () => {
        expect(await drift()).toEqual({ ...whole, missing: ENTRIES });
        await succeed(plane, ["apply", "-f", REGISTRATION]);
        await expect.poll(drift, soon).toEqual({ ...whole, without_ca: ENTRIES });
      },
      STEP_MS,
    );

    it(
      "that is whole again",
      async () => {
        const ca = (at: number): object => ({
          op: "add",
          path: `/webhooks/${String(at)}/clientConfig/caBundle`,
          value: Buffer.from(plane.certificateAuthority).toString("base64"),
        });
        await patch(...Array.from({ length: ENTRIES }, (_, at) => ca(at)));
        await expect.poll(drift, soon).toEqual(whole);
      },
      STEP_MS,
    );

    it.each([
      ["of which a rule was removed", { op: "remove", path: "/webhooks/3/rules/0" }, { changed: 1 }],
      [
        "that leaves out a namespace",
        { op: "add", path: "/webhooks/1/namespaceSelector/matchExpressions/0/values/-", value: "shop" },
        { changed: 2 },
      ],
      [
        "that lets everything pass without an answer",
        { op: "replace", path: "/webhooks/0/failurePolicy", value: "Ignore" },
        { changed: 2, fail_open: 1 },
      ],
      [
        "that asks where nothing is refused",
        { op: "replace", path: "/webhooks/0/clientConfig/service/path", value: "/audit" },
        { changed: 2, fail_open: 1, refusing_nothing: 1 },
      ],
      [
        "whose CA was wiped",
        { op: "remove", path: "/webhooks/2/clientConfig/caBundle" },
        { changed: 2, fail_open: 1, refusing_nothing: 1, without_ca: 1 },
      ],
      [
        "of which an entry was removed",
        { op: "remove", path: "/webhooks/4" },
        { changed: 2, fail_open: 1, refusing_nothing: 1, without_ca: 1, missing: 1 },
      ],
    ])(
      "%s",
      async (_, step, expected) => {
        await patch(step);
        await expect.poll(drift, soon).toEqual({ ...whole, ...expected });
        expect(guard.stderr()).toMatch(/"level":40,.*"msg":"registration"/);
      },
      STEP_MS,
    );

    it(
      "that was deleted",
      async () => {
        await succeed(plane, ["delete", "validatingwebhookconfiguration", "netpol-guard"]);
        await expect.poll(drift, soon).toEqual({ ...whole, missing: ENTRIES });
      },
      STEP_MS,
    );
  });
});
