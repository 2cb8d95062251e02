import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSource } from './source-text.js';
import { tidy } from './tidy.js';

/** What is found in a tree of these files, as `file:line: message`. */
function findingsIn(files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'naru-tidy-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(root, dirname(name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    return tidy(root).map(({ file, line, message }) => `${file}:${line}: ${message}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function assertFound(file: string, text: string, line: number, message: RegExp): void {
  const findings = findingsIn({ [file]: text });
  assert.equal(findings.length, 1, `${file}: ${JSON.stringify(findings)}`);
  assert.ok(findings[0]!.startsWith(`${file}:${line}: `), findings[0]);
  assert.match(findings[0]!, message);
}

function assertFine(file: string, text: string): void {
  assert.deepEqual(findingsIn({ [file]: text }), []);
}

const importing = (from: string): string => `// first line\nimport { thing } from '${from}';\nthing();\n`;

test('imports go downward only', () => {
  const broken: [string, string, RegExp][] = [
    ['src/lib/heap.ts', '../store/files.js', /lib may not import store/],
    ['src/store/files.ts', '../log/log.js', /store may not import log/],
    ['src/log/log.ts', '../broker/topic.js', /log may not import broker/],
    ['src/broker/topic.ts', '../protocols/listener.js', /broker may not import protocols/],
    ['src/broker/queue/queue.ts', '../../config/options.js', /broker may not import config/],
    ['src/broker/topic.ts', '../admin/front.js', /broker may not import admin/],
    ['src/protocols/kafka/session.ts', '../../naru.js', /front may not import naru/],
    ['src/protocols/kafka/session.ts', '../../admin/front.js', /front may not import admin/],
    ['src/protocols/listener.ts', './kafka/session.js', /protocols may not import front/],
    ['src/admin/front.ts', '../protocols/kafka/session.js', /admin may not import front/],
    ['src/cli/topics.ts', '../broker/topic.js', /cli may not import broker/],
    ['src/naru.ts', './cli/start.js', /naru may not import cli/],
    ['src/config/load.ts', '../store/files.js', /config may not import store/],
    ['src/broker/topic.ts', './../../test/clients/kafka.js', /does not import tests/],
    ['src/broker/topic.ts', './ledger.test.js', /does not import tests/],
    ['src/elsewhere/thing.ts', '../lib/heap.js', /no area/],
  ];
  for (const [file, from, message] of broken) assertFound(file, importing(from), 2, message);
  const fine: [string, string][] = [
    ['src/main.ts', './cli/start.js'],
    ['src/naru.ts', './protocols/kafka/front.js'],
    ['src/protocols/kafka/handlers/00-produce.ts', '../../../broker/topic.js'],
    ['src/protocols/kafka/session.ts', '../connection.js'],
    ['src/broker/topic.ts', '../log/log.js'],
    ['src/log/log.ts', '../store/files.js'],
    ['src/log/log.test.ts', '../../test/simulation/world.js'],
  ];
  for (const [file, from] of fine) assertFine(file, importing(from));
});

test('only the composition root imports the cluster', () => {
  assertFound('src/broker/topic.ts', importing('../cluster/leases.js'), 2, /broker may not import cluster/);
  assertFound('src/admin/front.ts', importing('../cluster/leases.js'), 2, /admin may not import cluster/);
  assertFine('src/naru.ts', importing('./cluster/leases.js'));
  assertFine('src/cluster/leases.ts', importing('../broker/topic.js'));
});

test('no front imports another', () => {
  assertFound('src/protocols/amqp/session.ts', importing('../kafka/session.js'), 2, /no front imports another/);
  assertFound('src/protocols/amqp/session.ts', importing('../kafka/codec/fetch.js'), 2, /another front/);
});

test('a codec imports the library and nothing else', () => {
  assertFound('src/protocols/kafka/codec/fetch.ts', importing('../../../broker/errors.js'), 2, /codec may not/);
  assertFound('src/protocols/kafka/codec/fetch.ts', importing('../frame.js'), 2, /codec may not import front/);
  assertFine('src/protocols/kafka/codec/fetch.ts', importing('../../../lib/byte-reader.js'));
  assertFine('src/protocols/kafka/codec/fetch.ts', importing('./header.js'));
});

test('wire and domain types meet in few places only', () => {
  const both = `import type { A } from './codec/fetch.js';\nimport type { B } from '../../broker/topic.js';\nlet x: A | B;\n`;
  assertFound('src/protocols/kafka/frame.ts', both, 1, /wire and domain/);
  assertFine('src/protocols/kafka/session.ts', both);
  assertFine('src/protocols/kafka/errors.ts', both);
});

test('files, sockets and HTTP belong to few files', () => {
  for (const from of ['node:fs', 'fs', 'node:fs/promises']) {
    assertFound('src/log/segment.ts', importing(from), 2, /src\/store only/);
    assertFine('src/store/node-files.ts', importing(from));
    assertFine('src/log/segment.test.ts', importing(from));
  }
  for (const from of ['node:net', 'node:tls']) {
    assertFound(
      'src/protocols/kafka/session.ts',
      importing(from),
      2,
      /listener\.ts, http-listener\.ts and connection\.ts only/,
    );
    assertFine('src/protocols/listener.ts', importing(from));
  }
  assertFine('src/protocols/sqs/http.ts', importing('node:http'));
  assertFound(
    'src/protocols/kafka/session.ts',
    importing('node:http'),
    2,
    /http-listener\.ts, src\/admin and src\/protocols\/sqs only/,
  );
  assertFound('src/log/segment.ts', `\nawait import('node:fs');\n`, 2, /src\/store only/);
  assertFound('src/log/segment.ts', `export { open } from 'node:fs';\nlet x;\n`, 1, /src\/store only/);
});

test('time, timers and chance are handed in', () => {
  const broken: [string, RegExp][] = [
    ['Date.now()', /clock/],
    ['new Date()', /clock/],
    ['performance.now()', /clock/],
    ['process.hrtime.bigint()', /clock/],
    ['setTimeout(f, 1)', /clock/],
    ['setInterval(f, 1)', /clock/],
    ['globalThis.setImmediate(f)', /clock/],
    ['Math.random()', /random/],
  ];
  for (const [call, message] of broken) {
    assertFound('src/broker/topic.ts', `const x =\n  ${call};\n`, 2, message);
    assertFine('src/lib/clock.ts', `const x = ${call};\n`);
    assertFine('src/broker/topic.ts', `// ${call}\nconst x = "${call}";\n/* ${call} */\nconst y = \`${call}\`;\n`);
  }
  assertFound('src/broker/topic.ts', 'const x = `\n$' + '{Date.now()}`;\n', 2, /clock/);
  assertFound('src/log/log.ts', importing('node:timers/promises'), 2, /src\/lib only/);
  assertFine('src/broker/topic.ts', 'const at = new Date(1000);\n');
});

test('names are kebab-case and say something', () => {
  assertFound('src/broker/topicList.ts', 'let x;\n', 1, /kebab-case/);
  assertFound('src/broker/Topic.ts', 'let x;\n', 1, /kebab-case/);
  assertFound('src/broker/topicLists/list.ts', 'let x;\n', 1, /folder names/);
  assertFine('src/protocols/kafka/handlers/00-produce.test.ts', 'let x;\n');
  assertFine('src/broker/group/group-world.test.support.ts', 'let x;\n');
  for (const word of ['utils', 'util', 'manager', 'helper', 'helpers', 'common']) {
    assertFound(`src/broker/${word}.ts`, 'let x;\n', 1, /no noun/);
    assertFound(`src/broker/topic-${word}.ts`, 'let x;\n', 1, /no noun/);
    assertFound(`src/broker/${word}/list.ts`, 'let x;\n', 1, /no noun/);
  }
  assertFound('src/broker/topic.ts', '\nexport class TopicManager {}\n', 2, /TopicManager/);
  assertFound('test/clients/kafka.ts', 'const testHelper = 1;\n', 1, /testHelper/);
  assertFine('src/broker/topic.ts', 'export class Commons3 {}\nconst utilities = managed;\n');
});

test('there is no barrel file', () => {
  assertFound('src/broker/index.ts', 'let x;\n', 1, /index\.ts/);
  const barrel = `// all of it\nexport * from './topic.js';\nexport type { A } from './queue/queue.js';\n`;
  assertFound('src/broker/all.ts', barrel, 1, /barrel/);
  assertFine('src/broker/all.ts', `${barrel}export const one = 1;\n`);
});

test('there is no enum and no default export', () => {
  assertFound('src/broker/topic.ts', '\nexport enum Kind { A }\n', 2, /enum/);
  assertFound('src/broker/topic.ts', '\nexport default 1;\n', 2, /default/);
  assertFound('src/broker/topic.ts', 'const a = 1;\nexport { a as default };\n', 2, /default/);
  assertFine('src/broker/topic.ts', '// no enum here, and no export default\nlet x;\n');
});

test('a file is no longer than it should be, unless it is generated', () => {
  const long = 'let x;\n'.repeat(601);
  assertFound('src/broker/topic.ts', long, 601, /601 lines/);
  assertFine('src/broker/topic.ts', 'let x;\n'.repeat(600));
  assertFine('src/protocols/kafka/codec/fetch.ts', long);
});

test('no text names a place on one machine', () => {
  const place = ['', 'home', 'someone', 'naru'].join('/');
  assertFound('docs/notes.md', `first\nsee ${place}\n`, 2, /one machine/);
  assertFound('.ci/run', `cd ${place}\n`, 1, /one machine/);
  assertFound('src/broker/topic.ts', `const x = '${place}';\n`, 1, /one machine/);
  const inside = (name: string): string => ['', name, ''].join('/');
  assertFine(
    'docs/notes.md',
    `https://example.org${inside('home')}page and .${inside('work')}here and a${inside('root')}b\n`,
  );
});

test('no test runs alone', () => {
  assertFound('src/broker/topic.test.ts', `\ntest.only('x', () => {});\n`, 2, /hides the others/);
  assertFound('test/clients/kafka.test.ts', `test('x', { only: true }, () => {});\n`, 1, /hides the others/);
  assertFine('src/broker/topic.test.ts', `test('only: true', () => {});\n`);
});

test('code is told from comments, strings and expressions', () => {
  const { code, imports } = readSource(
    [
      `import a from 'one';`,
      `// import b from 'two';`,
      `const c = /['"\`/]\\//.test('import "three"') ? 1 / 2 : \`\${d ? \`x\${e}\` : "}"} import 'four'\`;`,
      `import 'five';`,
      `const f = await import("six");`,
      'keep(a / b / c);',
    ].join('\n'),
  );
  assert.deepEqual(
    imports.map((entry) => `${entry.from}:${entry.line}`),
    ['one:1', 'five:4', 'six:5'],
  );
  assert.match(code, /keep\(a \/ b \/ c\);$/);
  assert.match(code, /\$\{d \? `\s*\$\{e\}` :/);
  assert.equal(code.split('\n').length, 6);
});

test('this repository keeps its own rules', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  assert.deepEqual(
    tidy(root).map(({ file, line, message }) => `${file}:${line}: ${message}`),
    [],
  );
});
