/**
 * `deno task oracle [NAME ...]`: Wireshark's tshark as a second opinion. Every catalog scenario (or those named) is run
 * with a capture file, which tshark must find well-formed and dissect as our own `inspect` does; so must the captures of
 * a real stack in tests/golden/captures/. Ends with `N passed, N failed`; exit code 1 when anything failed.
 *
 * @module
 */

import { type Allowance, compareFrames, parseInspect, parseTshark, TSHARK_FIELDS } from "./compare.ts";

const ROOT = new URL("../../", import.meta.url);
const CATALOG = new URL("scenarios/catalog/", ROOT);
const CAPTURES = "tests/golden/captures/";
/** The UDP port of the encapsulated captures; `inspect` knows it by default. */
const UDP_PORT = "3056";
/** The one golden capture in which a peer sent a wrong checksum. */
const DAMAGED_CAPTURE = "19-shipped-parity-rdata-broken.pcap";
const TIMEOUT_MS = 120_000;
const SHOWN_DIFFERENCES = 5;

/** Runs all checks; gives how many failed. */
async function main(names: readonly string[]): Promise<number> {
  await run("tshark", ["--version"]);
  const folder = await Deno.makeTempDir({ prefix: "pgmlab-oracle-" });
  const checks: [string, () => Promise<string>][] = [];
  try {
    for (const name of names.length > 0 ? names : await catalog()) {
      checks.push([name, () => checkScenario(name, `${folder}/${name}.pcapng`)]);
    }
    if (names.length === 0) {
      for (const file of await golden()) checks.push([file, () => checkCapture(file)]);
    }
    let failed = 0;
    for (const [name, check] of checks) {
      try {
        console.log(`ok      ${name}: ${await check()}`);
      } catch (error) {
        failed++;
        console.log(`FAILED  ${name}: ${error instanceof Error ? error.message : error}`);
      }
    }
    console.log(`${checks.length - failed} passed, ${failed} failed`);
    return failed;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function checkScenario(name: string, file: string): Promise<string> {
  await run("deno", ["task", "--quiet", "sim", "run", name, "--seed", "1", "--pcap", file]);
  const text = await Deno.readTextFile(new URL(`${name}.ts`, CATALOG)).catch(() => "");
  const malformed = /\boctets: /.test(text);
  return await compareFile(file, { damaged: malformed || /\bcorrupt\b/.test(text), malformed });
}

function checkCapture(file: string): Promise<string> {
  return compareFile(CAPTURES + file, { damaged: file === DAMAGED_CAPTURE, malformed: false });
}

async function compareFile(file: string, allowance: Allowance): Promise<string> {
  const fields = TSHARK_FIELDS.flatMap((field) => ["-e", field]);
  const theirs = await run("tshark", [
    ...["-n", "-r", file, "-d", `udp.port==${UDP_PORT},pgm`],
    ...["-o", "pgm.check_checksum:TRUE", "-T", "fields", ...fields],
  ]);
  const ours = await run("deno", ["task", "--quiet", "sim", "inspect", file, "--json"]);
  const { packets, differences } = compareFrames(parseTshark(theirs), parseInspect(ours), allowance);
  if (packets === 0) throw new Error("holds no PGM packet");
  if (differences.length === 0) return `${packets} packets`;
  const more = differences.length > SHOWN_DIFFERENCES ? [`${differences.length - SHOWN_DIFFERENCES} more`] : [];
  throw new Error([...differences.slice(0, SHOWN_DIFFERENCES), ...more].join("; "));
}

async function catalog(): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(CATALOG)) {
    if (entry.name.endsWith(".ts") && entry.name !== "mod.ts") names.push(entry.name.slice(0, -3));
  }
  return names.sort((a, b) => (a < b ? -1 : 1));
}

async function golden(): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(new URL(CAPTURES, ROOT))) {
    if (/\.pcap(ng)?$/.test(entry.name)) files.push(entry.name);
  }
  return files.sort((a, b) => (a < b ? -1 : 1));
}

/** Runs a program in the root; gives its standard output, throws with the end of its standard error. */
async function run(program: string, args: readonly string[]): Promise<string> {
  const command = new Deno.Command(program, {
    args: [...args],
    cwd: ROOT,
    stdin: "null",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const { code, stdout, stderr } = await command.output();
  if (code !== 0) {
    const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-2).join(" ");
    throw new Error(`${program} ${args.slice(0, 6).join(" ")} ended with ${code}: ${said}`);
  }
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) Deno.exit(await main(Deno.args) === 0 ? 0 : 1);
