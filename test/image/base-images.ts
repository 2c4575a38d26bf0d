import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Engine } from "./engine.ts";
import { run } from "./run.ts";

/** Names of the two images that the Dockerfile takes as arguments. */
export interface BaseImages {
  /** With a shell, Node.js and npm. */
  readonly build: string;
  /** With Node.js at /nodejs/bin/node and what it is linked with, as distroless images have it; with no shell. */
  readonly runtime: string;
}

/** The one that Node.js 24 comes with. */
const NPM = "npm@11";
const CERTIFICATES = "etc/ssl/certs/ca-certificates.crt";
const USERS = "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n";

/** Where this machine gets its packages from, and of which release. */
const packageSource = async (): Promise<{ readonly mirror: string; readonly release: string }> => {
  const { stdout: listed } = await run("apt-get", [
    "indextargets",
    "--format",
    "$(REPO_URI) $(RELEASE)",
    "Created-By: Packages",
  ]);
  const names = await run("sh", ["-c", '. /etc/os-release && echo "$VERSION_CODENAME"']);
  const release = names.stdout.trim();
  const [mirror = "http://deb.debian.org/debian/"] =
    listed
      .split("\n")
      .find((line) => line.endsWith(` ${release}`))
      ?.split(" ") ?? [];
  return { mirror, release };
};

const makeTree = async (tree: string): Promise<void> => {
  const { mirror, release } = await packageSource();
  await run("debootstrap", ["--variant=minbase", "--include=ca-certificates", release, tree, mirror]);
  // What this machine trusts, its images may trust.
  await copyFile(`/${CERTIFICATES}`, join(tree, CERTIFICATES));
  // The npm package `node` brings the program that runs the tests.
  await copyFile(process.execPath, join(tree, "usr/local/bin/node"));
  await run("npm", ["install", "--global", "--prefix", join(tree, "usr/local"), NPM]);
  const registry = (await run("npm", ["config", "get", "registry"])).stdout.trim();
  await mkdir(join(tree, "usr/local/etc"), { recursive: true });
  await writeFile(join(tree, "usr/local/etc/npmrc"), `registry=${registry}\n`);
};

/** What Node.js needs of `tree`, and nothing else, into `small`. */
const makeSmallTree = async (tree: string, small: string): Promise<void> => {
  const { stdout: linked } = await run("chroot", [tree, "/usr/bin/ldd", "/usr/local/bin/node"]);
  const copies = new Map([
    ["usr/local/bin/node", "nodejs/bin/node"],
    [CERTIFICATES, CERTIFICATES],
    ...[...linked.matchAll(/\/\S+\.so\S*/g)].map(([file]) => [file, file] as const),
  ]);
  for (const [from, to] of copies) {
    await mkdir(dirname(join(small, to)), { recursive: true });
    await copyFile(join(tree, from), join(small, to));
  }
  await writeFile(join(small, "etc/passwd"), USERS);
  await mkdir(join(small, "tmp"));
  await chmod(join(small, "tmp"), 0o1777);
};

/** Makes both images without a registry of images: from Debian's packages, npm's and the Node.js that runs this. */
export const makeBaseImages = async ({ directory, docker }: Engine): Promise<BaseImages> => {
  const [tree, small] = [join(directory, "tree"), join(directory, "small")];
  await makeTree(tree);
  await makeSmallTree(tree, small);
  const imported = async (from: string, name: string): Promise<string> => {
    const archive = `${from}.tar`;
    await run("tar", ["-C", from, "-cf", archive, "."]);
    await rm(from, { recursive: true });
    const environment = [`NODE_EXTRA_CA_CERTS=/${CERTIFICATES}`, "PATH=/usr/local/bin:/usr/bin:/bin"];
    await docker("import", ...environment.flatMap((variable) => ["--change", `ENV ${variable}`]), archive, name);
    await rm(archive);
    return name;
  };
  return { runtime: await imported(small, "base/runtime:test"), build: await imported(tree, "base/build:test") };
};
