import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { temporaryFolder } from '../process/program.js';
import { commands, linesOf } from './commands.js';

test('a topic goes into a compressed file and comes back as it was', async (context) => {
  const { told, run } = await commands(context, { sqs: false });
  const file = join(await temporaryFolder(context), 'orders.jsonl.gz');
  await Promise.all(['orders', 'copy'].map((name) => told('topic', 'create', name, '--partitions', '3')));
  const lines = Array.from({ length: 2000 }, (_, index) => ({
    key: `k${index % 10}`,
    value: index % 7 === 0 ? null : { base64: Buffer.from([index & 255, 255]).toString('base64') },
    headers: { index: String(index), bytes: { base64: '/w==' } },
    timestamp: 1_700_000_000_000 + index,
  }));
  assert.equal((await run(['produce', 'orders'], lines.map((line) => JSON.stringify(line)).join('\n'))).code, 0);
  assert.match(await told('export', 'orders', file), /^exported 2000 messages of orders \(.*\)\n$/);
  assert.match((await run(['export', 'orders', file])).stderr, /is there already: --overwrite/);
  const exported = linesOf(gunzipSync(await readFile(file)).toString());
  assert.equal(exported.length, 2000);
  assert.equal(JSON.parse(await told('import', 'copy', file, '--json')).messages, 2000);
  const there = await run(['export', 'copy']);
  assert.match(there.stderr, /^exported 2000 messages of copy/);
  const bare = (list: Record<string, unknown>[]): string[] =>
    list.map(({ topic: _topic, ...line }) => JSON.stringify(line)).sort();
  assert.deepEqual(bare(linesOf(there.stdout)), bare(exported));
  await told('topic', 'create', 'narrow');
  const narrow = await run(['import', 'narrow', file]);
  assert.match(narrow.stderr, /a line has partition [12], and narrow has 1: give it more, or --repartition/);
  await told('topic', 'trim', 'narrow');
  assert.match(await told('import', 'narrow', file, '--repartition'), /^imported 2000 messages/);
});

test('a queue goes into a file with keys and properties, keeps its messages, and comes back into another', async (context) => {
  const { told, run } = await commands(context, { sqs: false });
  const file = join(await temporaryFolder(context), 'jobs.jsonl');
  await Promise.all(['jobs', 'copy'].map((name) => told('queue', 'declare', name)));
  await told('bind', 'amq.topic', 'jobs', '--routing-key', '#');
  await told('publish', 'amq.topic', 'x', 'y', '--key', 'a.b', '--header', 'n=7', '--property', 'correlationId=c1');
  assert.match(await told('export', 'jobs', file), /^exported 2 messages of jobs/);
  assert.match(await told('queue', 'list'), /^jobs\tclassic\t2\t0\t0$/m);
  assert.match(await told('import', 'copy', file), /^imported 2 messages of copy/);
  const [first] = linesOf(await told('consume', 'copy'));
  const properties = { deliveryMode: 2, correlationId: 'c1' };
  const kept = { exchange: 'naru.feed.copy', routingKey: 'a.b', properties, headers: { n: 7 }, value: 'x' };
  assert.deepEqual(first, { queue: 'copy', ...kept });
  assert.doesNotMatch(await told('exchange', 'list'), /naru\.feed/);
  await told('topic', 'create', 'stream');
  assert.match(await told('import', 'stream', file), /^imported 2 messages of stream/);
  assert.deepEqual(
    linesOf(await told('consume', 'stream')).map(({ key, headers, value }) => ({ key, headers, value })),
    ['x', 'y'].map((value) => ({ key: 'a.b', headers: { n: '7' }, value })),
  );
  await writeFile(`${file}.gz`, gzipSync('{"value":"z"}\n').subarray(0, 20));
  assert.match(
    (await run(['import', 'copy', `${file}.gz`])).stderr,
    /jsonl\.gz cannot be read: unexpected end of file/,
  );
  assert.match((await run(['import', 'copy', `${file}.none`])).stderr, /jsonl\.none/);
});
