import { assertEquals, assertThrows } from "@std/assert";
import { ScenarioError } from "../../../scenarios/language/errors.ts";
import {
  DURATION,
  formatQuantity,
  parseDuration,
  parseQuantity,
  parseShare,
  RATE,
  SIZE,
} from "../../../scenarios/language/units.ts";

function fails(run: () => unknown, message: string): void {
  assertEquals(assertThrows(run, ScenarioError).message, message);
}

Deno.test("parseDuration: every unit is exact in ns", () => {
  const cases: [string, number][] = [
    ["0s", 0],
    ["10ns", 10],
    ["250us", 250_000],
    ["20ms", 20_000_000],
    ["1.5s", 1_500_000_000],
    ["5min", 300_000_000_000],
    ["1h", 3_600_000_000_000],
    ["0.000000001s", 1],
    ["0.1us", 100],
    ["1.250ms", 1_250_000],
    ["9007199254740991ns", Number.MAX_SAFE_INTEGER],
  ];
  for (const [text, ns] of cases) assertEquals(parseDuration(text), ns, text);
});

Deno.test("parseQuantity: every unit of rates, in bit/s", () => {
  const cases: [string, number][] = [
    ["800bps", 800],
    ["56kbps", 56_000],
    ["10Mbps", 10_000_000],
    ["1Gbps", 1_000_000_000],
    ["1500B/s", 12_000],
    ["2kB/s", 16_000],
    ["1MB/s", 8_000_000],
    ["0.125B/s", 1],
    ["1.5Mbps", 1_500_000],
  ];
  for (const [text, bits] of cases) assertEquals(parseQuantity(RATE, text, ""), bits, text);
});

Deno.test("parseQuantity: every unit of sizes, in bytes", () => {
  const cases: [string, number][] = [
    ["1500B", 1500],
    ["64kB", 64_000],
    ["1MB", 1_000_000],
    ["2GB", 2_000_000_000],
    ["1KiB", 1024],
    ["1MiB", 1_048_576],
    ["1GiB", 1_073_741_824],
    ["0.5KiB", 512],
  ];
  for (const [text, bytes] of cases) assertEquals(parseQuantity(SIZE, text, ""), bytes, text);
});

Deno.test("parseShare: percent is the nearest number to the decimal", () => {
  assertEquals(parseShare("1%", ""), 0.01);
  assertEquals(parseShare("0.5%", ""), 0.005);
  assertEquals(parseShare("0%", ""), 0);
  assertEquals(parseShare("100%", ""), 1);
  assertEquals(parseShare("29%", ""), 0.29);
  fails(() => parseShare("100.1%", "x"), 'x: "100.1%" is too large: at most 100%');
  fails(() => parseShare("1", "x"), 'x: "1": missing unit: allowed: %');
  fails(() => parseShare("1pct", "x"), 'x: "1pct": unknown unit "pct": allowed: %');
});

Deno.test("parseQuantity: refuses what is not a whole number of the base unit", () => {
  fails(() => parseDuration("0.5ns", "x"), 'x: "0.5ns" is not a whole number of nanoseconds');
  fails(() => parseDuration("1.0000000001s", "x"), 'x: "1.0000000001s" is not a whole number of nanoseconds');
  fails(() => parseQuantity(SIZE, "1.5B", "x"), 'x: "1.5B" is not a whole number of bytes');
  fails(() => parseQuantity(RATE, "0.1bps", "x"), 'x: "0.1bps" is not a whole number of bits per second');
  fails(
    () => parseDuration("9007199254740992ns", "x"),
    'x: "9007199254740992ns" is too large: at most 9007199254740991 nanoseconds',
  );
});

Deno.test("parseQuantity: a wrong unit is named, with the nearest right one", () => {
  fails(
    () => parseQuantity(RATE, "10Mbs", "segments.lan.rate"),
    'segments.lan.rate: "10Mbs": unknown unit "Mbs": did you mean "Mbps"? ' +
      "allowed: bps, kbps, Mbps, Gbps, B/s, kB/s, MB/s",
  );
  fails(
    () => parseQuantity(RATE, "10mbps", "x"),
    'x: "10mbps": unknown unit "mbps": did you mean "Mbps"? allowed: bps, kbps, Mbps, Gbps, B/s, kB/s, MB/s',
  );
  fails(
    () => parseDuration("5sec", "x"),
    'x: "5sec": unknown unit "sec": did you mean "s"? allowed: ns, us, ms, s, min, h',
  );
  fails(() => parseDuration("10", "x"), 'x: "10": missing unit: allowed: ns, us, ms, s, min, h');
});

Deno.test("parseQuantity: refuses what is no number", () => {
  for (const text of ["", "ms", "NaNms", "Infinitys", ".5s", "+5ms", " 5ms", "--5ms"]) {
    fails(() => parseDuration(text, "x"), `x: ${JSON.stringify(text)} is not a duration, such as "20ms"`);
  }
  fails(() => parseDuration("-5ms", "x"), 'x: "-5ms": a duration must not be negative');
  fails(
    () => parseDuration("1e3ms", "x"),
    'x: "1e3ms": unknown unit "e3ms": did you mean "ms"? allowed: ns, us, ms, s, min, h',
  );
  fails(
    () => parseDuration(`${"9".repeat(41)}s`, "x"),
    `x: "${"9".repeat(41)}s" has more than 40 digits`,
  );
});

Deno.test("formatQuantity: the largest unit that leaves at most one decimal", () => {
  assertEquals(formatQuantity(DURATION, 1_500_000), "1.5ms");
  assertEquals(formatQuantity(RATE, 8_000_000), "8Mbps");
  assertEquals(formatQuantity(RATE, 1_500_000), "1.5Mbps");
  assertEquals(formatQuantity(RATE, 1_550_000), "1550kbps");
  assertEquals(formatQuantity(SIZE, 999), "999B");
});
