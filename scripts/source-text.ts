/** A source file with the parts blanked out that are not code, positions and lines unchanged. */
export interface SourceText {
  /** Comments, and what stands in strings, are blanks. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly from: string;
  readonly line: number;
}

/** What may stand before a `/` that begins a regular expression rather than divides. */
const beforeExpression = /(?:^|[=(,:;!&|?{}[+\-*%<>~]|\b(?:return|typeof|case|of|in))\s*$/;

export function readSource(text: string): SourceText {
  const code = blank(text);
  const imports: Import[] = [];
  // The quotes stay in `code`, what is between them is read from the text itself.
  const pattern = /\b(?:from|import)\s*\(?\s*(['"])( *)\1/g;
  for (let match = pattern.exec(code); match !== null; match = pattern.exec(code)) {
    const end = match.index + match[0].length - 1;
    const from = text.slice(end - match[2]!.length, end);
    imports.push({ from, line: lineAt(code, match.index) });
  }
  return { code, imports };
}

export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

function blank(text: string): string {
  const out = text.split('');
  const wipe = (from: number, to: number): void => {
    for (let at = from; at < to; at++) if (out[at] !== '\n') out[at] = ' ';
  };
  // Braces open inside each template literal's `${`; where one is left at zero, the literal goes on.
  const templates: number[] = [];
  let at = 0;
  while (at < text.length) {
    const letter = text[at]!;
    const two = text.slice(at, at + 2);
    if (two === '//' || two === '/*') {
      const found = two === '//' ? text.indexOf('\n', at) : text.indexOf('*/', at + 2) + 2;
      const end = found <= 1 ? text.length : found;
      wipe(at, end);
      at = end;
    } else if (letter === "'" || letter === '"') {
      const end = endOfLiteral(text, at + 1, letter);
      wipe(at + 1, end);
      at = end + 1;
    } else if (letter === '/' && beforeExpression.test(out.slice(Math.max(0, at - 40), at).join(''))) {
      const end = endOfExpression(text, at + 1);
      wipe(at + 1, end);
      at = end + 1;
    } else if (letter === '`' || (letter === '}' && templates.at(-1) === 0)) {
      if (letter === '}') templates.pop();
      const end = endOfTemplatePart(text, at + 1);
      wipe(at + 1, end);
      if (text[end] === '$') templates.push(0);
      at = end + (text[end] === '$' ? 2 : 1);
    } else {
      if (templates.length > 0 && letter === '{') templates[templates.length - 1]!++;
      if (templates.length > 0 && letter === '}') templates[templates.length - 1]!--;
      at++;
    }
  }
  return out.join('');
}

function endOfLiteral(text: string, from: number, quote: string): number {
  let at = from;
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function endOfTemplatePart(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '`' && !text.startsWith('${', at)) at += text[at] === '\\' ? 2 : 1;
  return at;
}

function endOfExpression(text: string, from: number): number {
  let inClass = false;
  let at = from;
  while (at < text.length && text[at] !== '\n' && (inClass || text[at] !== '/')) {
    if (text[at] === '[') inClass = true;
    if (text[at] === ']') inClass = false;
    at += text[at] === '\\' ? 2 : 1;
  }
  return at;
}
