import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One fenced block of a document. */
export interface Block {
  /** `docs/operations.md:12`, the line of its fence. */
  readonly where: string;
  /** What stands behind the fence: `sh`, `javascript`; '' for what is only to be looked at. */
  readonly language: string;
  readonly text: string;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** README.md and everything below docs/, from the root of the repository. */
export function documents(): string[] {
  const below = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' })
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.md'))
    .sort();
  return ['README.md', ...below];
}

export function textOf(document: string): string {
  return readFileSync(root + document, 'utf8');
}

export function blocksOf(document: string): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; language: string; lines: string[] } | undefined;
  for (const [index, line] of textOf(document).split('\n').entries()) {
    const fence = /^```(\S*)\s*$/.exec(line);
    if (fence === null) {
      open?.lines.push(line);
    } else if (open === undefined) {
      open = { line: index + 1, language: fence[1]!, lines: [] };
    } else {
      blocks.push({ where: `${document}:${open.line}`, language: open.language, text: `${open.lines.join('\n')}\n` });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${document}:${open.line}: a block without an end`);
  return blocks;
}
