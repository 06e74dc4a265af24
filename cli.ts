/**
 * The command line of pgmlab: finds the command and runs it. What is wrong with the input is one line and exit code 2.
 *
 * @module
 */

import { inspectCommand } from "./scenarios/commands/inspect.ts";
import { listCommand } from "./scenarios/commands/list.ts";
import { receiveCommand } from "./scenarios/commands/receive.ts";
import { replayCommand } from "./scenarios/commands/replay.ts";
import { runCommand } from "./scenarios/commands/run.ts";
import { swarmCommand } from "./scenarios/commands/swarm.ts";
import { type Command, help, parseArguments, UsageError } from "./scenarios/commands/usage.ts";
import { unknown } from "./scenarios/language/did_you_mean.ts";
import { ScenarioError } from "./scenarios/language/errors.ts";

const PROGRAM = "deno task sim";
const COMMANDS: readonly Command[] = [
  listCommand,
  runCommand,
  replayCommand,
  swarmCommand,
  inspectCommand,
  receiveCommand,
];

/** Runs a command line; gives the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "help") {
    for (const line of overview()) console.log(line);
    return name === undefined ? 2 : 0;
  }
  try {
    const command = COMMANDS.find((each) => each.name === name);
    if (command === undefined) throw new UsageError(unknown("command", name, COMMANDS.map((each) => each.name)));
    if (rest.includes("--help")) {
      for (const line of help(PROGRAM, command)) console.log(line);
      return 0;
    }
    return await command.run(parseArguments(command, rest));
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ScenarioError)) throw error;
    console.error(`pgmlab: ${error.message}`);
    return 2;
  }
}

function overview(): string[] {
  const width = Math.max(...COMMANDS.map((command) => command.name.length + command.positional.length + 1));
  return [
    `Usage: ${PROGRAM} COMMAND [arguments]`,
    "",
    ...COMMANDS.map(({ name, positional, about }) => `  ${`${name} ${positional}`.padEnd(width)}  ${about}`),
    "",
    `${PROGRAM} COMMAND --help lists the flags of a command.`,
  ];
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
