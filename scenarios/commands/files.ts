/**
 * Files that commands read and write. An output appears under its name only when it is complete.
 *
 * @module
 */

import { UsageError } from "./usage.ts";

/** The octets of a file; throws {@link UsageError} when it cannot be read. */
export function readFile(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    throw new UsageError(`${path}: cannot be read: ${reason(error)}`);
  }
}

/** A file that is being written: under another name until {@link finish}. */
export class OutputFile {
  readonly #path: string;
  readonly #partial: string;
  readonly #file: Deno.FsFile;

  /** Opens the file, so that a path that cannot be written is found before the work is done. */
  constructor(path: string) {
    this.#path = path;
    this.#partial = `${path}.partial`;
    try {
      if (isDirectory(path)) throw new UsageError(`${path}: cannot be written: it is a directory`);
      this.#file = Deno.openSync(this.#partial, { write: true, create: true, truncate: true });
    } catch (error) {
      throw writeError(path, error);
    }
  }

  /** Appends octets or text. */
  write(data: Uint8Array | string): void {
    let octets = typeof data === "string" ? new TextEncoder().encode(data) : data;
    try {
      while (octets.length > 0) octets = octets.subarray(this.#file.writeSync(octets));
    } catch (error) {
      this.discard();
      throw writeError(this.#path, error);
    }
  }

  /** The file is complete: gives it its name. */
  finish(): void {
    this.#file.close();
    try {
      Deno.renameSync(this.#partial, this.#path);
    } catch (error) {
      throw writeError(this.#path, error);
    }
  }

  /** The file will not be completed: leaves nothing behind. */
  discard(): void {
    this.#file.close();
    Deno.removeSync(this.#partial);
  }
}

/** Makes a folder with its parents. */
export function makeDirectory(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    throw writeError(path, error);
  }
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function writeError(path: string, error: unknown): UsageError {
  return error instanceof UsageError ? error : new UsageError(`${path}: cannot be written: ${reason(error)}`);
}

/** What went wrong, without paths and system call numbers. */
function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file or directory";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) return "not allowed: run with --allow-read and --allow-write";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  if (error instanceof Deno.errors.NotADirectory) return "a part of the path is not a directory";
  return error instanceof Error ? error.message.split("\n", 1)[0]! : String(error);
}
