/**
 * JSON with errors that say where: line, column, and what was expected. It also finds keys that are given twice in
 * one object, of which `JSON.parse` keeps the last without a word.
 *
 * @module
 */

import { quote, ScenarioError } from "./errors.ts";

/** The value of a JSON text. Throws `ScenarioError` with `FILE:LINE:COLUMN`, counted from 1. */
export function parseJson(text: string, file: string): unknown {
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  new Scanner(body, file).scan();
  return JSON.parse(body);
}

/** What may come next. */
type Expected = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma";

/** An array, or an object with the keys it has so far. */
type Level = "array" | Set<string>;

/** Walks once over the text with a stack of its own, so that no depth of nesting exhausts the program's. */
class Scanner {
  readonly #text: string;
  readonly #file: string;
  readonly #levels: Level[] = [];
  #position = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  scan(): void {
    let expected: Expected = "value";
    for (;;) {
      this.#skipSpace();
      if (expected === "comma" && this.#levels.length === 0) {
        if (this.#position < this.#text.length) this.#fail(`${this.#next()} after the end of the value`);
        return;
      }
      expected = this.#step(expected);
    }
  }

  /** Takes one token; gives what may follow it. */
  #step(expected: Expected): Expected {
    const character = this.#text[this.#position];
    switch (expected) {
      case "value or ]":
        if (character === "]") return this.#close();
        return this.#value();
      case "value":
        return this.#value();
      case "key or }":
        if (character === "}") return this.#close();
        return this.#key();
      case "key":
        return this.#key();
      case "colon":
        if (character !== ":") this.#fail(`expected ":", not ${this.#next()}`);
        this.#position++;
        return "value";
      case "comma":
        return this.#comma();
    }
  }

  #value(): Expected {
    const character = this.#text[this.#position];
    if (character === "{" || character === "[") {
      this.#levels.push(character === "{" ? new Set() : "array");
      this.#position++;
      return character === "{" ? "key or }" : "value or ]";
    }
    if (character === '"') {
      this.#string();
      return "comma";
    }
    const scalar = /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)(?![\w.+-])/y;
    scalar.lastIndex = this.#position;
    if (!scalar.test(this.#text)) this.#fail(`expected a value, not ${this.#next()}`);
    this.#position = scalar.lastIndex;
    return "comma";
  }

  #key(): Expected {
    if (this.#text[this.#position] !== '"') this.#fail(`expected a key in double quotes, not ${this.#next()}`);
    const start = this.#position;
    const key = this.#string();
    const keys = this.#levels.at(-1) as Set<string>;
    if (keys.has(key)) {
      this.#position = start;
      this.#fail(`the key ${quote(key)} is given twice`);
    }
    keys.add(key);
    return "colon";
  }

  #comma(): Expected {
    const character = this.#text[this.#position];
    const isArray = this.#levels.at(-1) === "array";
    const end = isArray ? "]" : "}";
    if (character === end) return this.#close();
    if (character !== ",") this.#fail(`expected "," or "${end}", not ${this.#next()}`);
    this.#position++;
    return isArray ? "value" : "key";
  }

  #close(): Expected {
    this.#levels.pop();
    this.#position++;
    return "comma";
  }

  #string(): string {
    const start = this.#position++;
    for (;;) {
      const unit = this.#text.charCodeAt(this.#position);
      if (Number.isNaN(unit) || unit === 0x0a) this.#fail("a text without closing quotes");
      if (unit < 0x20) this.#fail("a control character in a text: write it as \\u00XX");
      this.#position++;
      if (unit === 0x22) return JSON.parse(this.#text.slice(start, this.#position));
      if (unit === 0x5c) this.#escape();
    }
  }

  #escape(): void {
    const escape = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;
    escape.lastIndex = this.#position;
    if (!escape.test(this.#text)) this.#fail(`unknown escape "\\" before ${this.#next()}`);
    this.#position = escape.lastIndex;
  }

  #skipSpace(): void {
    const space = /[ \t\n\r]*/y;
    space.lastIndex = this.#position;
    space.test(this.#text);
    this.#position = space.lastIndex;
  }

  /** The next word or character for a message. */
  #next(): string {
    if (this.#position >= this.#text.length) return "the end of the file";
    const word = /[\w.+$-]{1,40}|./suy;
    word.lastIndex = this.#position;
    return quote(word.exec(this.#text)?.[0] ?? this.#text[this.#position]!);
  }

  #fail(problem: string): never {
    const before = this.#text.slice(0, this.#position).split("\n");
    throw new ScenarioError(`${this.#file}:${before.length}:${before.at(-1)!.length + 1}`, problem);
  }
}
