import type { Surface } from './output.js';

export type Grade = 'ok' | 'warn' | 'fail';

/** What one check found, and what to do about it. */
export interface Finding {
  readonly grade: Grade;
  readonly check: string;
  readonly found: string;
  readonly advice: string;
}

const colours = { ok: '32', warn: '33', fail: '31' } as const;

/** What was found, and below it what to do; broken where a terminal ends. */
export function findingLines(findings: readonly Finding[], surface: Surface | null): string {
  const widest = Math.max(...findings.map(({ check }) => check.length));
  const indent = ' '.repeat(widest + 8);
  const room = surface === null ? Number.POSITIVE_INFINITY : Math.max(20, surface.width - indent.length);
  return findings
    .map(({ grade, check, found, advice }) => {
      const word = grade.padEnd(4);
      const mark = surface?.colour === true ? `\u001b[${colours[grade]}m${word}\u001b[39m` : word;
      const lines = [...broken(found, room), ...(advice === '' ? [] : broken(`→ ${advice}`, room))];
      return `${mark}  ${check.padEnd(widest)}  ${lines.join(`\n${indent}`)}\n`;
    })
    .join('');
}

/** Lines of at most so many letters, unless a word is longer. */
export function broken(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
