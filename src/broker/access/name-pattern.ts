import { compilePattern, type SafePattern } from '../../lib/safe-pattern.js';

/** Patterns that let everything through, or nothing but the empty name: told without loading the library. */
const everything: ReadonlySet<string> = new Set(['.*', '^.*$', '^.*', '.*$', '^', '$']);
const emptyOnly: ReadonlySet<string> = new Set(['', '^$']);

/** What has to be found in a name, or must not be. */
interface Condition {
  readonly pattern: SafePattern;
  readonly found: boolean;
}

/**
 * A pattern that names are held against, as RabbitMQ does it: it may match anywhere in the name unless it is anchored,
 * and the empty pattern stands for `^$`.
 *
 * The library takes time in proportion to the name, and so knows no look-ahead. Where that stands at the beginning, as in
 * `^(?!amq\.).*`, which is in every other set of policies, it is looked for by itself.
 */
export class NamePattern {
  readonly text: string;
  private conditions: readonly Condition[] | null = null;

  constructor(text: string) {
    this.text = text;
  }

  matches(name: string): boolean {
    const { text } = this;
    if (everything.has(text)) return true;
    if (emptyOnly.has(text)) return name === '';
    // What cannot be compiled was refused before; it matches nothing.
    this.conditions ??= conditionsOf(text) ?? [];
    const { conditions } = this;
    for (const { pattern, found } of conditions) if (pattern.matcher(name).find() !== found) return false;
    return conditions.length > 0;
  }
}

/** Why a text does not do as a pattern, for people. */
export function patternFault(text: string): string | null {
  if (everything.has(text) || emptyOnly.has(text) || conditionsOf(text) !== null) return null;
  return (
    `${JSON.stringify(text.slice(0, 100))} is no regular expression that is served: RE2’s syntax, with look-ahead at the ` +
    'beginning only, and without back-references'
  );
}

/** Null when the text is no pattern. */
function conditionsOf(text: string): readonly Condition[] | null {
  const conditions: Condition[] = [];
  for (const { source, found } of withoutLookAhead(text)) {
    const pattern = compilePattern(source);
    if (pattern === null) return null;
    conditions.push({ pattern, found });
  }
  return conditions;
}

interface Part {
  readonly source: string;
  readonly found: boolean;
}

/** `^((?!A).)*$`: nowhere is there an A. */
const nowhereForm = /^\^\((?:\?:)?\(\?!/;
const nowhereEnd = '.)*$';

/** The text taken apart into patterns without the look-ahead it begins with; itself where it has none. */
function withoutLookAhead(text: string): readonly Part[] {
  const whole = [{ source: text, found: true }];
  const nowhere = nowhereForm.exec(text);
  if (nowhere !== null) {
    const from = nowhere[0].length;
    const end = closingOf(text, from);
    if (end < 0 || text.slice(end + 1) !== nowhereEnd) return whole;
    return [
      { source: `(?:${text.slice(from, end)})`, found: false },
      { source: '^.*$', found: true },
    ];
  }
  const parts: Part[] = [];
  let at = 1;
  while (text.startsWith('^') && (text.startsWith('(?!', at) || text.startsWith('(?=', at))) {
    const end = closingOf(text, at + 3);
    if (end < 0) return whole;
    parts.push({ source: `^(?:${text.slice(at + 3, end)})`, found: text[at + 2] === '=' });
    at = end + 1;
  }
  if (parts.length === 0) return whole;
  const rest = text.slice(at);
  // `^(?!a)b|c`: what stands behind the bar has no look-ahead; a repetition would be one of it.
  if (hasAlternatives(rest) || /^[*+?{]/.test(rest)) return whole;
  return [...parts, { source: `^${rest}`, found: true }];
}

/** Where the group that was opened before `from` is closed; -1 when it is not. */
function closingOf(text: string, from: number): number {
  return scan(text, from, (char, depth) => char === ')' && depth < 0);
}

function hasAlternatives(text: string): boolean {
  return scan(text, 0, (char, depth) => char === '|' && depth === 0) >= 0;
}

/** The first place where `stop` says so of a character outside classes and escapes, and of how deep it is in groups. */
function scan(text: string, from: number, stop: (char: string, depth: number) => boolean): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\\') at++;
    else if (char === '[') {
      // A bracket at the beginning of a class is one of its characters.
      at += text[at + 1] === '^' ? 2 : 1;
      if (text[at] === ']') at++;
      while (at < text.length && text[at] !== ']') at += text[at] === '\\' ? 2 : 1;
    } else {
      if (char === '(') depth++;
      else if (char === ')') depth--;
      if (stop(char, depth)) return at;
    }
  }
  return -1;
}

/** The text as a pattern that stands for nothing but itself. */
export function quoted(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
