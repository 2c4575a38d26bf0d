import { rmSync } from "node:fs";
import { createInterface } from "node:readline";

// The program that outlives a test process, however that ended, to end its servers and to remove their directory.
// Arguments: the directory. Standard input: "+PID" a server has started, "-PID" it has ended.
// The end of standard input means that the test process is gone.

const pids = new Set<number>();
for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1));
  if (line.startsWith("+")) pids.add(pid);
  else pids.delete(pid);
}

// Not SIGTERM: their data goes with the directory, and servers that wind down without each other take seconds over it.
for (const pid of pids) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

const [directory] = process.argv.slice(2);
// Retries: a server that was just killed may still be writing there.
if (directory !== undefined) rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
