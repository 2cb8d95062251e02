import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { addCommands } from '../../src/cli/every-command.js';
import { bareProgram } from '../../src/cli/program.js';
import { loadOptions } from '../../src/config/load.js';
import { type Block, blocksOf, documents } from './blocks.js';
import { type Scene, sceneOf } from './scene.js';

/**
 * Every example in README.md and docs/ does what it says: all of a document run in turn, in one folder, beside a broker.
 * Documents run beside each other: clients wait for timers most of the time.
 */

/** Written from what commands say of themselves; its examples are of brokers of all kinds, and end in other programs. */
const commandsDocument = 'docs/cli.md';

const kinds: Readonly<Record<string, (block: Block, scene: Scene) => Promise<void>>> = {
  javascript: runProgram,
  typescript: runProgram,
  sh: runShell,
  yaml: readYaml,
  json: async ({ text }) => {
    JSON.parse(text);
  },
  // Pictures and layouts.
  '': async () => {},
};

test('every example works', { concurrency: true }, async (context) => {
  const shown = documents()
    .filter((document) => document !== commandsDocument)
    .filter((document) => blocksOf(document).some(({ language }) => language !== ''));
  assert.ok(shown.includes('README.md'));
  await Promise.all(
    shown.map((document) => context.test(`what ${document} shows works`, (own) => tried(own, document))),
  );
});

test('examples of commands name commands and options that are there', () => {
  const lines = blocksOf(commandsDocument).flatMap(({ where, text }) =>
    text.split('\n').map((line): [string, string] => [where, line]),
  );
  const examples = lines.filter(([, line]) => /\bnaru /.test(line));
  assert.notEqual(examples.length, 0);
  const program = bareProgram();
  addCommands(program);
  for (const [where, line] of examples) {
    for (const [, said] of line.replaceAll(/"[^"]*"|'[^']*'/g, 'TEXT').matchAll(/(?:^|[|$(=] ?|\s)naru ([^|>]+)/g)) {
      const words = said!.trim().split(/\s+/);
      let command: Command | undefined = program;
      while (command !== undefined && command.commands.length > 0 && words.length > 0) {
        const word = words.shift()!;
        command = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
      }
      assert.ok(command !== undefined, `${where}: ${line}`);
      for (const word of words.filter((each) => each.startsWith('--'))) {
        const known = command.options.some(({ long, short }) => long === word.split('=')[0] || short === word);
        assert.ok(known, `${where}: ${word} of ${line}`);
      }
    }
  }
});

async function tried(context: TestContext, document: string): Promise<void> {
  const scene = await sceneOf(context, document);
  mkdirSync(join(scene.folder, 'examples'));
  for (const block of blocksOf(document)) {
    const kind = kinds[block.language];
    assert.ok(kind !== undefined, `${block.where}: nobody knows how to try ${block.language}`);
    await kind(block, scene);
  }
}

async function runProgram({ where, language, text }: Block, scene: Scene): Promise<void> {
  const tests = text.includes("from 'vitest'");
  const file = join('examples', `${where.replaceAll(/\W/g, '-')}${tests ? '.test' : ''}.mjs`);
  assert.equal(language, 'javascript', `${where}: Node 20 runs no TypeScript`);
  writeFileSync(join(scene.folder, file), scene.placed(text));
  const runner = tests ? [join('node_modules', 'vitest', 'vitest.mjs'), 'run'] : [];
  const { code, output } = await scene.run(process.execPath, [...runner, file]);
  assert.equal(code, 0, `${where}: ${output}`);
  // What an example prints stands behind it as a comment.
  for (const [, said] of text.matchAll(/^\s*console\.log\(.*\);\s*\/\/ (.+)$/gm)) {
    assert.ok(output.includes(said!), `${where}: ${said} is not in ${output}`);
  }
}

async function runShell({ where, text }: Block, scene: Scene): Promise<void> {
  const { code, output } = await scene.run('sh', ['-e', '-c', scene.placed(text)]);
  assert.equal(code, 0, `${where}: ${output}`);
}

async function readYaml({ where, text }: Block): Promise<void> {
  const value: unknown = parse(text);
  assert.ok(value !== null && typeof value === 'object', where);
  if (!text.startsWith('# naru.yaml')) return;
  await loadOptions({ flags: {}, environment: {}, file: { path: 'naru.yaml', text } });
}
