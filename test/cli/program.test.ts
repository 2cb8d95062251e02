import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Command } from 'commander';
import { addCommands } from '../../src/cli/every-command.js';
import { bareProgram } from '../../src/cli/program.js';
import { temporaryFolder } from '../process/program.js';
import { commands, program } from './commands.js';
import { cliDocument, documentPath } from './document.js';

function everyCommand(command: Command = addCommands(bareProgram())): Command[] {
  return [command, ...command.commands.flatMap((verb) => everyCommand(verb))];
}

function naru(...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
}

test('docs/cli.md is what the commands tell of themselves', () => {
  assert.equal(readFileSync(documentPath, 'utf8'), cliDocument(), 'node dist/test/cli/document.js writes it anew');
});

test('every command has a description and --json, and its help fits into 80 columns', () => {
  for (const command of everyCommand()) {
    assert.notEqual(command.description(), '', command.name());
    const isLeaf = command.commands.length === 0;
    if (isLeaf && !['start', 'completion'].includes(command.name())) {
      assert.ok(
        command.options.some(({ long }) => long === '--json'),
        command.name(),
      );
    }
    // The usage is in one line, and the broker's own options have names that leave little room beside them.
    if (command.name() === 'start') continue;
    command.configureHelp({ ...command.configureHelp(), helpWidth: 80 });
    for (const line of command.helpInformation().split('\n').slice(1))
      assert.ok(line.length <= 80, `${command.name()}: ${line}`);
  }
});

test('a word that is none is told with the nearest one, and ends with 2', () => {
  for (const [args, expected] of [
    [['topc', 'list'], /^naru: unknown command 'topc' \(Did you mean topic\?\)\n$/],
    [['queue', 'declre', 'x'], /\(Did you mean declare\?\)/],
    [['topic', 'create', 'x', '--partition', '3'], /unknown option '--partition' \(Did you mean --partitions\?\)/],
    [['topic', 'create'], /missing required argument 'name'/],
  ] as const) {
    const { status, stderr } = naru(...args);
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, expected);
  }
});

test('a shell completes commands, verbs and options', () => {
  const script = naru('completion', 'bash').stdout;
  const complete = (line: string): string[] => {
    const words = line.split(' ');
    const setting = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`;
    const run = spawnSync('bash', ['-c', `${script}\n${setting}; _naru; printf '%s\\n' "\${COMPREPLY[@]}"`], {
      encoding: 'utf8',
    });
    assert.equal(run.stderr, '');
    return run.stdout.trim().split('\n');
  };
  assert.deepEqual(complete('naru t'), ['tail', 'topic']);
  assert.ok(complete('naru topic ').includes('create'));
  assert.deepEqual(complete('naru topic create orders --part'), ['--partitions']);
  assert.match(naru('completion', 'zsh').stdout, /^#compdef naru\n/);
  assert.match(naru('completion', 'fish').stdout, /^complete -c naru .* -a topic -d 'List, create/m);
  assert.match(naru('completion', 'tcsh').stderr, /give one of bash, zsh, fish/);
});

test('neither help nor start loads the clients of other protocols', () => {
  const loaded = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', `await import(process.argv[1]); await import(process.argv[2]);`].concat([
      new URL('../../src/cli/every-command.js', import.meta.url).href,
      new URL('../../src/cli/start.js', import.meta.url).href,
    ]),
    { encoding: 'utf8', env: { PATH: process.env['PATH'], NODE_DEBUG: 'esm' }, maxBuffer: 2 ** 28 },
  );
  assert.equal(loaded.status, 0);
  assert.match(loaded.stderr, /commander/);
  assert.doesNotMatch(loaded.stderr, /node_modules\/(@platformatic|amqplib)/);
});

test('a doctor tells what keeps a broker from running here, and what to do', async (context) => {
  const folder = await temporaryFolder(context);
  const { naru: broker, run } = await commands(context, { memory: false, data: join(folder, 'used') });
  const port = new URL(broker.http.url).port;
  const apart = ['--kafka-port=0', '--amqp-port=0', '--sqs-port=0'];
  const [fine, taken, wrong] = await Promise.all([
    run(['doctor', '--data', join(folder, 'new'), ...apart, '--http-port=0', '--json']),
    run(['doctor', '--data', join(folder, 'used'), ...apart, `--metrics`, `--metrics-port=${port}`, '--http-port=0']),
    run(['doctor', '--kafka-port', 'many']),
  ]);
  const grades = new Map<string, string>(
    (JSON.parse(fine.stdout) as { check: string; grade: string }[]).map(({ check, grade }) => [check, grade]),
  );
  assert.equal(fine.code, 0, fine.stdout);
  for (const check of ['node', 'configuration', 'address', 'data', 'disk', 'clock']) {
    assert.equal(grades.get(check), 'ok', check);
  }
  assert.ok(grades.has('open files') && grades.has('sync'));
  assert.equal(taken.code, 1);
  assert.match(taken.stdout, /^fail {2}port of metrics {2,}\d+ is in use by another program\n +→ end that/m);
  assert.match(taken.stdout, /^warn {2}data +the data directory .* is in use by process \d+/m);
  assert.match(taken.stderr, /^naru: 1 of \d+ checks failed/);
  assert.match(wrong.stdout, /^fail {2}configuration +--kafka-port: "many" is not a port/m);
});
