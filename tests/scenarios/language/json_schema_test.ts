import { assert, assertEquals } from "@std/assert";
import { jsonSchema } from "../../../scenarios/language/json_schema.ts";
import stored from "../../../scenarios/scenario.schema.json" with { type: "json" };
import {
  edited,
  type Edits,
  everything,
  minimal,
  ncfSuppression,
  ncfSuppressionJson,
  programs,
} from "./example_specs.ts";
import { violation } from "./json_validator.ts";

const schema = jsonSchema();

Deno.test("jsonSchema: scenario.schema.json is up to date (deno task schema)", () => {
  assertEquals(stored as unknown, JSON.parse(JSON.stringify(schema)));
});

Deno.test("jsonSchema: accepts the scenarios that the parser accepts", () => {
  for (const spec of [minimal, ncfSuppression, everything, programs, JSON.parse(ncfSuppressionJson)]) {
    assertEquals(violation(schema, JSON.parse(JSON.stringify(spec))), undefined);
  }
});

Deno.test("jsonSchema: refuses misspelt keys, wrong units, types and ranges", () => {
  const wrong: [edits: Edits, at: string][] = [
    [{ name: undefined }, ": required"],
    [{ nmae: "x" }, ": additionalProperties"],
    [{ name: "Two Words" }, ".name: pattern"],
    [{ family: 5 }, ".family: anyOf"],
    [{ port: 0 }, ".port: anyOf"],
    [{ "segments.lan.rate": "10Mbs" }, ".segments.lan.rate: anyOf"],
    [{ "segments.lan.dleay": "1ms" }, ".segments.lan: additionalProperties"],
    [{ "segments.lan.mtu": 575 }, ".segments.lan.mtu: anyOf"],
    [{ "segments.1st": {} }, ": pattern"],
    [{ "nodes.member.role": "reciever" }, ".nodes.member: oneOf"],
    [{ "nodes.sender.source.ttl": 256 }, ".nodes.sender: oneOf"],
    [{ "script.1.send": {} }, ".script.1: oneOf"],
    [{ "script.1.drop.packet": "DATA" }, ".script.1: oneOf"],
    [{ "expect.1.atMost": -1 }, ".expect.1: oneOf"],
  ];
  for (const [edits, at] of wrong) {
    const found = violation(schema, edited(ncfSuppression, edits));
    assert(found?.endsWith(at), `${JSON.stringify(edits)}: ${found}`);
  }
});

Deno.test("jsonSchema: every key has a description", () => {
  const missing: string[] = [];
  const visit = (node: unknown, at: string): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, child] of Object.entries(node)) {
      if (key === "properties") {
        for (const [name, property] of Object.entries(child as Record<string, { description?: string }>)) {
          if (!property.description) missing.push(`${at}.${name}`);
        }
      }
      visit(child, `${at}.${key}`);
    }
  };
  visit(schema, "");
  assertEquals(missing, []);
});
