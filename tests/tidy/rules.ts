/**
 * What the repository promises about its own text, as pure functions from files to findings. Read the tables first:
 * {@link LAYERS} is who may import whom, {@link FORBIDDEN} what the engine and the network may not use.
 *
 * @module
 */

import { importsOf, lineAt, readSource } from "./source_text.ts";

/** A file of the repository: `path` is relative to the root, with forward slashes. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

interface Layer {
  /** A folder with its slash, or one file. The first layer that contains a file counts. */
  readonly of: string;
  readonly may: readonly string[];
  /** Whether it may import `@std` by bare name. */
  readonly std?: boolean;
  /** Whether it may import what Deno has built in under `node:`. */
  readonly node?: boolean;
}

const PROTOCOL = ["engine/base/", "engine/wire/"];
const ROLE = [...PROTOCOL, "engine/fec/", "engine/poll/", "engine/congestion/"];

/** Who may import whom. A layer may always import itself. */
export const LAYERS: readonly Layer[] = [
  { of: "engine/base/", may: [] },
  { of: "engine/wire/", may: ["engine/base/"] },
  ...["source", "receiver", "element"].map((role) => ({ of: `engine/${role}/`, may: ROLE })),
  // A repairer is a receiver that serves others (section 9.5.2).
  { of: "engine/repairer/", may: [...ROLE, "engine/receiver/"] },
  ...["fec", "poll", "congestion"].map((helper) => ({ of: `engine/${helper}/`, may: PROTOCOL })),
  { of: "engine/socket/", may: ["engine/"] },
  { of: "engine/mod.ts", may: ["engine/"] },
  { of: "netsim/", may: ["engine/base/"] },
  { of: "scenarios/", may: ["engine/mod.ts", "engine/base/", "netsim/mod.ts", "deno.json"], std: true, node: true },
  { of: "mod.ts", may: ["engine/mod.ts", "netsim/mod.ts", "scenarios/"] },
  { of: "cli.ts", may: ["engine/mod.ts", "engine/base/", "netsim/mod.ts", "scenarios/"], std: true, node: true },
  { of: "tests/", may: ["engine/", "netsim/", "scenarios/", "mod.ts", "cli.ts"], std: true, node: true },
  { of: "compat/std/", may: [], node: true },
];

/** What `engine/` and `netsim/` may not use, and what to use instead. Names are matched outside comments and strings. */
export const FORBIDDEN: readonly { readonly name: RegExp; readonly instead: string; readonly unless?: RegExp }[] = [
  { name: word("Date|performance"), instead: "take `now: Instant` as an argument" },
  { name: /\bMath\s*\.\s*random\b/g, instead: "draw from the Prng of the host, forked by name" },
  { name: word("crypto"), instead: "draw from the Prng of the host, forked by name" },
  {
    name: word("setTimeout|setInterval|queueMicrotask"),
    instead: "keep a deadline and report it from nextTimeout()",
  },
  {
    name: word("setImmediate"),
    instead: "keep a deadline and report it from nextTimeout()",
    unless: /^netsim\/programs\.ts$/,
  },
  {
    name: word("async|await|Promise"),
    instead: "return what to do and let the caller do it: all is synchronous but engine/socket/async_*.ts",
    // The core knows nothing of these; while they run, simulated time stands still.
    unless: /^(engine\/socket\/async_\w+|netsim\/programs)\.ts$/,
  },
  { name: word("console"), instead: "call host.note(), or return a result that the caller prints" },
  { name: /(?<![.\w$])Deno\s*\./g, instead: "leave files and processes to cli.ts, scenarios/ and tests/" },
  {
    name: /\bMath\s*\.\s*(?:a?(?:sin|cos|tan)h?|atan2|log(?:2|10|1p)?|exp(?:m1)?|pow|cbrt|hypot)\b/g,
    instead: "use integer or IEEE-exact arithmetic (+ - * / Math.sqrt): V8 may approximate this one differently",
  },
  { name: /\*\*/g, instead: "write the constant, or multiply: V8 may approximate powers differently" },
  { name: /\bfor\s*\(\s*(?:const|let|var)\s+[\w$]+\s+in\b/g, instead: "iterate over an array or a Map with for..of" },
  { name: /\.\s*(?:sort|toSorted)\s*\(\s*\)/g, instead: "pass a comparator: the default compares as text" },
  { name: /\.\s*toLocale\w*|\.\s*localeCompare\b|(?<![.\w$])Intl\b/g, instead: "compare with < and format by hand" },
  { name: word("globalThis"), instead: "name what you need, so that this list can see it" },
  { name: word("WeakRef|FinalizationRegistry"), instead: "own the state: garbage collection has no schedule" },
];

/** Imports that the layers do not allow. */
export function layerFindings(file: TextFile): string[] {
  const layer = LAYERS.find((candidate) => file.path.startsWith(candidate.of));
  if (layer === undefined) {
    return /^(engine|netsim)\//.test(file.path) ? [`${file.path}:1: has no layer: add it to LAYERS`] : [];
  }
  const findings: string[] = [];
  for (const { line, specifier } of importsOf(readSource(file.text))) {
    const complaint = specifier.startsWith(".")
      ? localComplaint(layer, resolve(file.path, specifier))
      : bareComplaint(layer, specifier);
    if (complaint !== undefined) findings.push(`${file.path}:${line}: imports ${specifier}: ${complaint}`);
  }
  return findings;
}

/** Files that import each other in a circle; types count too, because they tie files together as values do. */
export function cycleFindings(files: readonly TextFile[]): string[] {
  const imports = new Map(files.map((file) => [file.path, localImports(file)]));
  const finished = new Set<string>();
  const findings: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const from = trail.indexOf(path);
    if (from >= 0) {
      findings.push(`${path}:1: imports itself: ${[...trail.slice(from), path].join(" -> ")}`);
      return;
    }
    if (finished.has(path)) return;
    for (const next of imports.get(path) ?? []) visit(next, [...trail, path]);
    finished.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return findings;
}

/** Names that make a run depend on more than scenario, seed and code. */
export function forbiddenFindings(file: TextFile): string[] {
  if (!/^(engine|netsim)\//.test(file.path)) return [];
  const { code } = readSource(file.text);
  return FORBIDDEN.filter(({ unless }) => !unless?.test(file.path)).flatMap(({ name, instead }) =>
    [...code.matchAll(name)].map((match) => `${at(file, match.index)}: uses ${match[0].trim()}: ${instead}`)
  );
}

/** Source files that do not open with a module comment. */
export function moduleDocFindings(file: TextFile): string[] {
  if (!/^(engine|netsim|scenarios)\/.*\.ts$/.test(file.path)) return [];
  const opening = /^\/\*\*[^]*?\*\//.exec(file.text)?.[0] ?? "";
  if (/^ \* @module$/m.test(opening)) return [];
  return [`${file.path}:1: must open with a doc comment that says what to read first and ends in @module`];
}

/** The longest that a file may be. */
export const MAX_LINES = 500;

/** Files that are too long to read in one sitting. Data and what a task generates are not read that way. */
export function sizeFindings(file: TextFile): string[] {
  if (!/\.(ts|md)$/.test(file.path) || file.path === "docs/conformance.md") return [];
  const lines = file.text.split("\n").length - 1;
  return lines <= MAX_LINES
    ? []
    : [`${file.path}: has ${lines} lines, at most ${MAX_LINES}: it holds two ideas, split it`];
}

/** Notes to self, tests that silence the others, switched-off checks, and paths of one machine. */
export function leftoverFindings(file: TextFile): string[] {
  const findings = [...file.text.matchAll(/\b(?:TOD[O]|FIXM[E]|XX[X])\b/g)].map((match) =>
    `${at(file, match.index)}: ${match[0]}: open an issue or do it now`
  );
  for (const match of file.text.matchAll(/(?<![\w.*$}>/-])\/(?:work|root|home|tmp|Users)\/\w/g)) {
    findings.push(`${at(file, match.index)}: machine path ${match[0]}: use a path relative to the repository`);
  }
  if (!file.path.endsWith(".ts")) return findings;
  const { code } = readSource(file.text);
  for (const match of code.matchAll(/\.\s*only\s*\(|\bonly\s*:\s*true\b/g)) {
    findings.push(`${at(file, match.index)}: ${match[0]}: would silence the other tests`);
  }
  for (const match of code.matchAll(/\btest\s*\.\s*ignore\s*\(|\bignore\s*:\s*true\b/g)) {
    findings.push(`${at(file, match.index)}: ${match[0]}: this test never runs: repair it or remove it`);
  }
  if (file.path.startsWith("compat/")) return findings;
  for (const match of file.text.matchAll(/(?:\/\/|\/\*)\s*(?:deno-lint-ignore|@ts-(?:ignore|nocheck|expect-error))/g)) {
    findings.push(`${at(file, match.index)}: ${match[0]}: make the checker right instead of silent`);
  }
  return findings;
}

/** Differences between the two configurations other than `links`. */
export function configFindings(denoJson: string, jsrJson: string): string[] {
  const expected = JSON.parse(denoJson) as Record<string, unknown>;
  if (expected["links"] === undefined) return ["deno.json: has no links: nothing stands in for JSR"];
  const { links: _, ...rest } = expected;
  const actual = JSON.parse(jsrJson) as Record<string, unknown>;
  return [...new Set([...Object.keys(rest), ...Object.keys(actual)])]
    .filter((key) => JSON.stringify(rest[key]) !== JSON.stringify(actual[key]))
    .map((key) => `deno.jsr.json: ${key} must be as in deno.json; only links is left out`);
}

/** Files that would break `deno task` in the root. */
export function rootFindings(names: readonly string[]): string[] {
  return names.filter((name) => /^package(-lock)?\.json$/.test(name))
    .map((name) => `${name}: must not be in the root: it needs no npm package and starts offline`);
}

/** Decision records that are misnamed, missing or numbered twice. `names` are those of `docs/decisions/`. */
export function decisionFindings(names: readonly string[]): string[] {
  return [...names].sort((a, b) => (a < b ? -1 : 1)).flatMap((name, index) => {
    const number = String(index + 1).padStart(4, "0");
    return new RegExp(`^${number}-[a-z0-9-]+\\.md$`).test(name)
      ? []
      : [`docs/decisions/${name}: expected ${number}-some-words.md: records are numbered without gaps`];
  });
}

/** A changelog without a place for what comes next. */
export function changelogFindings(text: string): string[] {
  return /^## \[?Unreleased\]?$/m.test(text) ? [] : ["CHANGELOG.md: has no section `## [Unreleased]`"];
}

function word(names: string): RegExp {
  return new RegExp(`(?<![.\\w$])(?:${names})(?![\\w$]|\\s*:)`, "g");
}

function at(file: TextFile, offset: number): string {
  return `${file.path}:${lineAt(file.text, offset)}`;
}

function localComplaint(layer: Layer, target: string): string | undefined {
  if ([layer.of, ...layer.may].some((allowed) => target.startsWith(allowed))) return undefined;
  return `${layer.of} may import ${[layer.of, ...layer.may].join(", ")}`;
}

function bareComplaint(layer: Layer, specifier: string): string | undefined {
  if (specifier.startsWith("@std/")) {
    return layer.std ? undefined : "@std is for cli.ts, scenarios/ and tests/: write the few lines by hand";
  }
  if (specifier.startsWith("node:") && layer.node) return undefined;
  return "only relative paths, and outside the engine @std and node: the root needs no registry";
}

function localImports(file: TextFile): string[] {
  return importsOf(readSource(file.text))
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ specifier }) => resolve(file.path, specifier));
}

function resolve(path: string, specifier: string): string {
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}
