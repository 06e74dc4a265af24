/**
 * Runs a command line in the test's own process and keeps what it prints.
 *
 * @module
 */

import { main } from "../../cli.ts";

/** What a command line gave. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `deno task sim ...args`. */
export function sim(...args: string[]): Promise<Ran> {
  return captured(() => main(args));
}

/** Runs something that gives an exit code. */
export async function captured(body: () => Promise<number>): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const { log, error } = console;
  console.log = (...data: unknown[]) => out.push(data.join(" "));
  console.error = (...data: unknown[]) => err.push(data.join(" "));
  try {
    const code = await body();
    return { code, out: out.join("\n"), err: err.join("\n") };
  } finally {
    console.log = log;
    console.error = error;
  }
}

/** Runs `body` with a folder that is gone afterwards. */
export async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await body(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
