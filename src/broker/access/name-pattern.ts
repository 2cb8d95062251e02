import { compilePattern, type SafePattern } from '../../lib/safe-pattern.js';

/** Patterns that let everything through, or nothing but the empty name: told without loading the library. */
const everything: ReadonlySet<string> = new Set(['.*', '^.*$', '^.*', '.*$', '^', '$']);
const emptyOnly: ReadonlySet<string> = new Set(['', '^$']);

/**
 * A pattern that names are held against, as RabbitMQ does it: it may match anywhere in the name unless it is anchored,
 * and the empty pattern stands for `^$`.
 */
export class NamePattern {
  readonly text: string;
  private compiled: SafePattern | null = null;

  constructor(text: string) {
    this.text = text;
  }

  matches(name: string): boolean {
    const { text } = this;
    if (everything.has(text)) return true;
    if (emptyOnly.has(text)) return name === '';
    this.compiled ??= compilePattern(text);
    return this.compiled?.matcher(name).find() ?? false;
  }
}

/** Why a text does not do as a pattern, for people. */
export function patternFault(text: string): string | null {
  if (everything.has(text) || emptyOnly.has(text)) return null;
  return compilePattern(text) === null
    ? `${JSON.stringify(text.slice(0, 100))} is no regular expression that is served: RE2’s syntax, so without look-around and back-references`
    : null;
}

/** The text as a pattern that stands for nothing but itself. */
export function quoted(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
