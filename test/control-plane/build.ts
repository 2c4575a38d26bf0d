import { findControlPlane } from "./binaries.ts";

const found = await findControlPlane({ controllerManager: true }, process.env, (text) => {
  process.stderr.write(text);
});
if (typeof found === "string") {
  process.stderr.write(`${found}\n`);
  process.exitCode = 1;
} else {
  process.stderr.write("the control plane is there\n");
  process.stdout.write(`${found.directory}\n`);
}
