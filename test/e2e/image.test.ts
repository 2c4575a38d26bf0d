import { chmod, copyFile, mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it, type TestContext } from "vitest";
import { z } from "zod";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { makeBaseImages } from "../image/base-images.ts";
import { type Container, startContainer } from "../image/container.ts";
import { type Engine, startEngine } from "../image/engine.ts";
import { run } from "../image/run.ts";
import { developmentCertificates } from "../../src/admission/development-certificates.ts";
import { apply, outcomeOf, succeed } from "./kubectl.ts";
import { defaultDeny, namespace, policy } from "./objects.ts";
import { register } from "./register.ts";
import { kindOf, renderFolder } from "./rendered.ts";
import { BASE, DEVELOPMENT_CERTIFICATES, RBAC } from "./shipped.ts";

// The image of the Dockerfile, built and run by a container engine: with base images that are made here, because none is
// fetched from anywhere.

const ROOT = resolve(import.meta.dirname, "../..");
const IMAGE = "netpol-guard:test";
/** Debian's packages, npm's, and the compiler: four minutes on two cores. */
const BUILD_MS = 20 * 60_000;
const STEP_MS = 5 * 60_000;
const MOST_BYTES = 250e6;
const MOST_START_MS = 2000;
/** A busy machine is no failure: the best of some starts counts. */
const STARTS = 10;

/** As whom the guard speaks to the API server where it is installed. */
const ACCOUNT = "system:serviceaccount:netpol-guard:netpol-guard";

const manifest = z.object({ version: z.string() });
const lock = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional(), optional: z.boolean().optional() })),
});
const image = z.object({
  Size: z.number(),
  Config: z.object({
    User: z.string(),
    Env: z.array(z.string()),
    Labels: z.record(z.string(), z.string()),
    Entrypoint: z.array(z.string()),
  }),
});
const deployment = z.object({
  spec: z.object({
    template: z.object({ spec: z.object({ containers: z.tuple([z.object({ args: z.array(z.string()) })]) }) }),
  }),
});

const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(ROOT, file), "utf8"));

describe("the image", () => {
  let started: Engine | string;

  /** The engine; without one the test is skipped, with the reason. */
  const engine = (context: TestContext): Engine => (typeof started === "string" ? context.skip(started) : started);
  const inspected = async ({ docker }: Engine): Promise<z.infer<typeof image>> =>
    image.parse(JSON.parse((await docker("image", "inspect", "--format", "{{json .}}", IMAGE)).stdout));
  const files = async ({ docker, directory }: Engine): Promise<readonly string[]> => {
    const archive = join(directory, "files.tar");
    const id = (await docker("create", IMAGE)).stdout.trim();
    await docker("export", "--output", archive, id);
    await docker("rm", id);
    return (await run("tar", ["-tf", archive])).stdout.split("\n");
  };

  beforeAll(async () => {
    started = await startEngine();
    if (typeof started === "string") {
      process.stderr.write(`skipped: the image: ${started}\n`);
      return;
    }
    const { docker, stop } = started;
    try {
      const { build, runtime } = await makeBaseImages(started);
      const bases = ["--build-arg", `BUILD_IMAGE=${build}`, "--build-arg", `RUNTIME_IMAGE=${runtime}`];
      await docker("build", "--network=host", ...bases, "--tag", IMAGE, ROOT);
    } catch (error) {
      await stop();
      throw error;
    }
    return stop;
  }, BUILD_MS);

  it("is small", async (context) => {
    const { Size } = await inspected(engine(context));
    process.stderr.write(`the image has ${(Size / 1e6).toFixed(0)} MB\n`);
    expect(Size).toBeLessThan(MOST_BYTES);
  });

  it("runs as nobody in particular, and says what it is", async (context) => {
    const { Config } = await inspected(engine(context));
    const { version } = manifest.parse(await readJson("package.json"));
    expect(Config).toEqual({
      User: "65532:65532",
      Env: expect.arrayContaining(["NODE_ENV=production"]),
      Entrypoint: expect.arrayContaining(["/nodejs/bin/node", "dist/main.js"]),
      Labels: {
        "org.opencontainers.image.title": "netpol-guard",
        "org.opencontainers.image.description": expect.any(String),
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.revision": "",
      },
    });
  });

  it("has no shell, no sources and no package manager", async (context) => {
    const all = await files(engine(context));
    expect(all).toContain("app/dist/main.js");
    expect(all.filter((file) => /(^|\/)(sh|bash|dash|busybox|npm|npx|apt-get|dpkg)$/.test(file))).toEqual([]);
    expect(all.filter((file) => file.startsWith("app/") && /\.([cm]?ts|map)$/.test(file))).toEqual([]);
  });

  it("has the packages that production needs, all of them and no others", async (context) => {
    const { packages } = lock.parse(await readJson("package-lock.json"));
    const present = (await files(engine(context))).flatMap((file) => {
      const [, path] = /^app\/(node_modules\/.*)\/package\.json$/.exec(file) ?? [];
      return path !== undefined && Object.hasOwn(packages, path) ? [path] : [];
    });
    const needed = Object.entries(packages).filter(([path, { dev }]) => path !== "" && dev !== true);
    expect(needed.map(([path]) => path)).toEqual(expect.arrayContaining(present));
    const required = needed.filter(([, { optional }]) => optional !== true).map(([path]) => path);
    expect(present).toEqual(expect.arrayContaining(required));
  });

  describeControlPlane("in a container that can write nothing", {}, () => {
    let plane: ControlPlane;
    let args: readonly string[];

    const start = async (running: Engine): Promise<Container> => {
      const folders = join(running.directory, "folders");
      const copies = [
        ["config", join(BASE, "config.yaml"), "config.yaml"],
        ["tls", join(DEVELOPMENT_CERTIFICATES, "tls.crt"), "tls.crt"],
        ["tls", join(DEVELOPMENT_CERTIFICATES, "tls.key"), "tls.key"],
        ["cluster", plane.kubeconfigFor(ACCOUNT), "kubeconfig"],
      ] as const;
      for (const [folder, from, name] of copies) {
        const to = join(folders, folder, name);
        await mkdir(join(folders, folder), { recursive: true });
        await copyFile(from, to);
        await chmod(to, 0o444);
      }
      const mounted = {
        "/etc/netpol-guard": join(folders, "config"),
        "/var/run/netpol-guard/tls": join(folders, "tls"),
        "/var/run/cluster": join(folders, "cluster"),
      };
      const here = ["--kubeconfig", "/var/run/cluster/kubeconfig", "--host", "127.0.0.1", "--port", "0"];
      return startContainer(running, IMAGE, mounted, [...args, ...here]);
    };

    beforeAll(async () => {
      plane = await startControlPlane({ users: [{ name: ACCOUNT }] });
      await developmentCertificates(DEVELOPMENT_CERTIFICATES);
      await apply(plane, namespace("netpol-guard"), namespace("shop"), defaultDeny("shop"));
      await succeed(plane, ["apply", "-f", RBAC]);
      const base = deployment.parse(kindOf(await renderFolder(plane, BASE), "Deployment"));
      ({ args } = base.spec.template.spec.containers[0]);
      return () => plane.stop();
    }, BUILD_AND_START_MS);

    it(
      `is ready within ${String(MOST_START_MS)} ms of its start, with the rights that are shipped, and ends when told to`,
      async (context) => {
        const running = engine(context);
        const times: number[] = [];
        while (times.length < STARTS && !times.some((time) => time < MOST_START_MS)) {
          const container = await start(running);
          times.push(await container.millisecondsUntil("netpol-guard is ready"));
          expect(await container.stop()).toBe(0);
        }
        process.stderr.write(`the container was ready after ${times.join(", ")} ms\n`);
        expect(Math.min(...times)).toBeLessThan(MOST_START_MS);
      },
      STEP_MS,
    );

    it(
      "refuses what breaks a rule",
      async (context) => {
        const container = await start(engine(context));
        await container.millisecondsUntil("netpol-guard is ready");
        const logs = await container.logs();
        const [, url = ""] = /listens on (https:\S+)/.exec(logs) ?? [];
        await register(plane, { url, stderr: () => logs });
        const open = policy("shop", "open", { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] });
        const result = await plane.kubectl(["create", "-f", "-"], { input: JSON.stringify(open) });
        expect(outcomeOf(result)).toEqual({
          code: 1,
          rules: ["restrict-ip-blocks/no-open-ingress"],
        });
        expect(await container.stop()).toBe(0);
      },
      STEP_MS,
    );
  });
});
