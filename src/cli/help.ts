import type { Command } from 'commander';

/** What stands below a command's options, kept for who writes the document as well. */
export interface Notes {
  readonly texts: string[];
  readonly examples: string[];
}

const notes = new WeakMap<Command, Notes>();
const helpWidth = 100;

export function notesOf(command: Command): Notes {
  const kept = notes.get(command) ?? { texts: [], examples: [] };
  notes.set(command, kept);
  return kept;
}

/** A paragraph below a command's help. */
export function explain(command: Command, text: string): Command {
  notesOf(command).texts.push(text);
  return command.addHelpText('after', ({ command: shown }) => `\n${wrapped(text, shown)}`);
}

/** Lines to copy, below a command's help. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  notesOf(command).examples.push(...lines);
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`);
}

function wrapped(text: string, command: Command): string {
  const { columns } = process.stdout;
  const width = Math.min(columns > 0 ? columns : 80, helpWidth);
  return command.createHelp().boxWrap(text, width);
}
