import { assertEquals } from "@std/assert";
import { ParseError } from "../../../engine/mod.ts";
import { MalformedCounts } from "../../../engine/wire/malformed_counts.ts";

Deno.test("MalformedCounts: each cause by itself, nothing before the first", () => {
  const counts = new MalformedCounts();
  assertEquals([...counts.byCause], []);
  assertEquals([...new MalformedCounts().byCause], []);
  counts.count(ParseError.Truncated);
  counts.count(ParseError.BadChecksum);
  counts.count(ParseError.Truncated);
  assertEquals([...counts.byCause], [[ParseError.Truncated, 2], [ParseError.BadChecksum, 1]]);
  assertEquals([...new MalformedCounts().byCause], []);
});
