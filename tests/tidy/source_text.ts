/**
 * A TypeScript file split into code, comments and strings, without a parser: enough to find imports, names and
 * test titles, and blind to what only looks like them inside comments, strings and regular expressions.
 *
 * @module
 */

/** What {@link readSource} finds. */
export interface SourceText {
  /** The file with comments, and the insides of strings and regular expressions, as spaces: offsets and lines stay. */
  readonly code: string;
  /** What stands between the quotes, by the offset of the opening quote; templates with their `${...}`. */
  readonly strings: ReadonlyMap<number, string>;
}

/** An `import`, `export ... from` or `import(...)` of a literal specifier. */
export interface Import {
  readonly line: number;
  readonly specifier: string;
}

/** Splits a file. Never throws: what is unterminated ends with the file or the line. */
export function readSource(text: string): SourceText {
  const reader = new SourceReader(text);
  while (!reader.done) reader.step();
  return { code: reader.code(), strings: reader.strings };
}

/** The imports of a file, in order. */
export function importsOf(source: SourceText): Import[] {
  const imports: Import[] = [];
  for (const match of source.code.matchAll(/(?<![.\w$])(?:from\s*|import\s*\(?\s*)(?=["'`])/g)) {
    const specifier = source.strings.get(match.index + match[0].length);
    if (specifier !== undefined) imports.push({ line: lineAt(source.code, match.index), specifier });
  }
  return imports;
}

/** The line, from 1, in which `offset` lies. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

const COMMENT = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/y;
const QUOTED = /"(?:[^"\\\n]|\\[^])*"?|'(?:[^'\\\n]|\\[^])*'?/y;
/** Up to and including the end of a template, or the `${` that interrupts it. */
const TEMPLATE_CHUNK = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{|$)/y;
const REGEXP = /\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const WORD = /[\w$]+/y;

/** After these words a slash begins a regular expression; after any other word it divides. */
const OPERATOR_WORDS = /^(?:return|typeof|case|in|of|do|else|void|delete|instanceof|new|throw|yield|await)$/;

class SourceReader {
  readonly strings = new Map<number, string>();
  readonly #text: string;
  readonly #kept: string[] = [];
  /** For each template being read: where it began, and how many braces are open in its current `${...}`. */
  readonly #templates: { readonly start: number; braces: number }[] = [];
  #at = 0;
  /** Whether the last token can end an operand: then a slash divides. */
  #operand = false;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  code(): string {
    return this.#kept.join("");
  }

  /** Reads one token. */
  step(): void {
    const char = this.#text[this.#at]!;
    if (this.#comment() || this.#quoted()) return;
    if (char === "`") {
      this.#templates.push({ start: this.#at, braces: 0 });
      this.#keep("`");
      this.#templateChunk();
    } else if (char === "/" && !this.#operand && this.#match(REGEXP) !== "") {
      this.#blank(this.#match(REGEXP));
      this.#operand = true;
    } else if (/[\w$]/.test(char)) {
      const word = this.#match(WORD);
      this.#keep(word);
      this.#operand = !OPERATOR_WORDS.test(word);
    } else {
      this.#punctuation(char);
    }
  }

  #comment(): boolean {
    const comment = this.#match(COMMENT);
    this.#blank(comment);
    return comment !== "";
  }

  #quoted(): boolean {
    const quoted = this.#match(QUOTED);
    if (quoted === "") return false;
    const quote = quoted[0]!;
    const closed = quoted.length > 1 && quoted.endsWith(quote);
    const inside = closed ? quoted.slice(1, -1) : quoted.slice(1);
    this.strings.set(this.#at, inside.replace(/\\([^])/g, "$1"));
    this.#keep(quote);
    this.#blank(inside);
    if (closed) this.#keep(quote);
    this.#operand = true;
    return true;
  }

  #punctuation(char: string): void {
    const template = this.#templates.at(-1);
    if (template !== undefined && char === "}" && template.braces === 0) {
      this.#keep("}");
      this.#templateChunk();
      return;
    }
    if (template !== undefined) template.braces += char === "{" ? 1 : char === "}" ? -1 : 0;
    if (!/\s/.test(char)) {
      const postfix = (char === "!" && this.#operand) || (/[+-]/.test(char) && this.#text[this.#at - 1] === char);
      this.#operand = postfix || char === ")" || char === "]";
    }
    this.#keep(char);
  }

  /** Reads on inside the innermost template. */
  #templateChunk(): void {
    const chunk = this.#match(TEMPLATE_CHUNK);
    if (chunk.endsWith("${")) {
      this.#blank(chunk.slice(0, -2));
      this.#keep("${");
      this.#operand = false;
      return;
    }
    const { start } = this.#templates.pop()!;
    const closed = chunk.endsWith("`");
    this.#blank(closed ? chunk.slice(0, -1) : chunk);
    this.strings.set(start, this.#text.slice(start + 1, this.#at));
    if (closed) this.#keep("`");
    this.#operand = true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0] ?? "";
  }

  #keep(text: string): void {
    this.#kept.push(text);
    this.#at += text.length;
  }

  #blank(text: string): void {
    this.#kept.push(text.replace(/[^\n]/g, " "));
    this.#at += text.length;
  }
}
