/**
 * Command lines: what a command takes, its help, and one clear line for what is wrong with the one at hand.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { unknown } from "../language/did_you_mean.ts";

/** Something is wrong with the command line or a file that it names. The message is one line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A flag of a command. */
export interface Flag {
  readonly name: string;
  /** What its value is called in the help; absent for a flag without value. */
  readonly value?: string;
  readonly about: string;
  /** Whether it may be given more than once. */
  readonly repeated?: boolean;
}

/** A command of the command line. */
export interface Command {
  readonly name: string;
  /** Positional arguments as the help shows them. */
  readonly positional: string;
  readonly about: string;
  readonly flags: readonly Flag[];
  /** Runs it and gives the exit code. */
  run(args: Arguments): Promise<number>;
}

/** Parsed arguments, by the flags of one command. */
export class Arguments {
  readonly positional: readonly string[];
  readonly #values: ReadonlyMap<string, string | boolean | readonly string[]>;

  constructor(positional: readonly string[], values: ReadonlyMap<string, string | boolean | readonly string[]>) {
    this.positional = positional;
    this.#values = values;
  }

  /** Whether a flag without value was given. */
  has(name: string): boolean {
    return this.#values.get(name) === true;
  }

  /** The value of a flag, if it was given. */
  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === "string" ? value : undefined;
  }

  /** All values of a flag that may be repeated. */
  texts(name: string): readonly string[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? value : [];
  }

  /** The value of a flag as an integer in `min ..= max`. */
  integer(name: string, fallback: number, range: { readonly min: number; readonly max: number }): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    if (!(value >= range.min && value <= range.max)) {
      throw new UsageError(`--${name} ${JSON.stringify(text)}: must be an integer in ${range.min} .. ${range.max}`);
    }
    return value;
  }

  /** Makes sure that there is no positional argument. */
  none(): void {
    if (this.positional.length > 0) throw new UsageError(`unexpected argument ${JSON.stringify(this.positional[0])}`);
  }

  /** The only positional argument. */
  single(what: string): string {
    const [first, second] = this.positional;
    if (first === undefined) throw new UsageError(`${what} is missing`);
    if (second !== undefined) throw new UsageError(`unexpected argument ${JSON.stringify(second)} after ${first}`);
    return first;
  }
}

/** Parses the arguments of a command; throws {@link UsageError} for unknown flags and missing values. */
export function parseArguments(command: Command, args: readonly string[]): Arguments {
  const flags = [...command.flags, HELP];
  const names = (wanted: (flag: Flag) => boolean) => flags.filter(wanted).map((flag) => flag.name);
  for (const [index, arg] of args.entries()) checkFlag(arg, args[index + 1], flags, command);
  const parsed = parseArgs([...args], {
    boolean: names((flag) => flag.value === undefined),
    string: names((flag) => flag.value !== undefined),
    collect: names((flag) => flag.repeated === true),
  }) as { _: (string | number)[] } & Record<string, string | boolean | string[]>;
  const values = new Map<string, string | boolean | readonly string[]>();
  for (const { name } of flags) {
    const value = parsed[name];
    if (value !== undefined) values.set(name, value);
  }
  return new Arguments(parsed._.map(String), values);
}

const HELP: Flag = { name: "help", about: "show this" };

function checkFlag(arg: string, next: string | undefined, flags: readonly Flag[], command: Command): void {
  if (!arg.startsWith("-") || arg === "-") return;
  const name = arg.replace(/^--/, "").replace(/=.*$/s, "");
  const flag = flags.find((each) => each.name === name);
  if (flag === undefined) {
    throw new UsageError(
      `${command.name}: ${unknown("flag", arg.replace(/=.*$/s, ""), flags.map((each) => `--${each.name}`))}`,
    );
  }
  const inline = arg.includes("=");
  if (flag.value === undefined && inline) throw new UsageError(`--${name} takes no value`);
  if (flag.value !== undefined && !inline && (next === undefined || next.startsWith("--"))) {
    throw new UsageError(`--${name} needs a value: --${name} ${flag.value}`);
  }
}

/** The help of a command. */
export function help(program: string, command: Command): string[] {
  const rows = [...command.flags, HELP].map((flag) => [
    `--${flag.name}${flag.value === undefined ? "" : ` ${flag.value}`}`,
    `${flag.about}${flag.repeated ? " (may be repeated)" : ""}`,
  ]);
  const width = Math.max(...rows.map(([left]) => left!.length));
  const line = ["Usage:", program, command.name, command.positional, "[flags]"].filter((word) => word !== "").join(" ");
  return [line, "", command.about, "", ...rows.map(([left, right]) => `  ${left!.padEnd(width)}  ${right}`)];
}
