import { configurationSchema } from "../config/json-schema.ts";
import { loadConfiguration } from "../config/load.ts";
import { DecodeError } from "../model/errors.ts";
import type { CommandContext, Subcommand } from "./command.ts";

/** Whether a file can be taken, said in one line: what is in it, or what is wrong with it. */
const validate = async (file: string, { out, err }: CommandContext): Promise<boolean> => {
  try {
    const { settings, notes } = await loadConfiguration(file);
    out(`${file}: ${String(settings.rules.length)} rule${settings.rules.length === 1 ? "" : "s"}\n`);
    for (const note of notes) err(`${file}: ${note}\n`);
    return true;
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    err(`netpol-guard: ${cause.message}\n`);
    return false;
  }
};

/** `config`: says whether a configuration can be read, and what one may hold. */
export const config: Subcommand = (program, context) => {
  const command = program.command("config").description("check and describe configurations");
  command
    .command("validate")
    .description("say whether configurations can be read: 0 if all of them can, 2 if not")
    .argument("<file...>", "GuardConfiguration")
    .action(async (files: readonly string[]) => {
      let isFine = true;
      for (const file of files) isFine = (await validate(file, context)) && isFine;
      context.exit(isFine ? 0 : 2);
    });
  command
    .command("schema")
    .description("print the JSON Schema of a GuardConfiguration, for editors")
    .action(() => {
      context.out(`${JSON.stringify(configurationSchema(), null, 2)}\n`);
      context.exit(0);
    });
};
