/**
 * A stand-in for `@std/cli` where JSR cannot be reached: `parseArgs` with the options that pgmlab uses, over
 * `node:util`.
 *
 * @module
 */

import { parseArgs as nodeParseArgs } from "node:util";

/** The options of `parseArgs` that pgmlab uses; the same names as in `@std/cli`. */
export interface ParseOptions {
  /** Flags without a value. */
  readonly boolean?: readonly string[];
  /** Flags with a value. */
  readonly string?: readonly string[];
  /** String flags that may be repeated. */
  readonly collect?: readonly string[];
  /** Short names. */
  readonly alias?: Readonly<Record<string, string>>;
  /** Called with each flag that is not listed; `false` leaves it out of the result. */
  readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** The positional arguments as `_`, the flags by name. */
export interface Args {
  readonly _: string[];
  readonly [flag: string]: string | boolean | string[] | undefined;
}

/** Parses command-line arguments. */
export function parseArgs(args: string[], options: ParseOptions = {}): Args {
  const flags: Record<string, { type: "boolean" | "string"; multiple?: boolean; short?: string }> = {};
  for (const name of options.boolean ?? []) flags[name] = { type: "boolean" };
  for (const name of options.string ?? []) {
    flags[name] = { type: "string", multiple: options.collect?.includes(name) ?? false };
  }
  for (const [short, name] of Object.entries(options.alias ?? {})) if (flags[name]) flags[name].short = short;

  const { tokens } = nodeParseArgs({ args, options: flags, strict: false, tokens: true });
  const result: Record<string, string | boolean | string[]> & { _: string[] } = { _: [] };
  for (const name of options.boolean ?? []) result[name] = false;
  for (const name of options.collect ?? []) result[name] = [];
  for (const token of tokens) {
    if (token.kind === "positional") {
      result._.push(token.value);
    } else if (token.kind === "option") {
      const flag = flags[token.name];
      if (flag === undefined) {
        options.unknown?.(token.rawName, token.name, token.value);
      } else if (flag.type === "boolean") {
        result[token.name] = true;
      } else if (flag.multiple) {
        (result[token.name] as string[]).push(token.value ?? "");
      } else {
        result[token.name] = token.value ?? "";
      }
    }
  }
  return result;
}
