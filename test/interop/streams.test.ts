import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { freePorts, Program, temporaryFolder } from '../process/program.js';
import { CommittedTopics } from './committed-topics.js';
import { fetchKafkaTools, type KafkaVersion, missingForKafkaTools } from './kafka-tools.js';
import { StreamsProgram } from './streams-application.js';
import { skipUnlessThere } from './toolchain.js';

/** Kafka Streams with exactly_once_v2: what it counts is exact, whoever is killed in the middle. */
const skip = skipUnlessThere(missingForKafkaTools());
const version: KafkaVersion = '4.2.0';

before(() => {
  if (skip === false) fetchKafkaTools(version);
});

/** The last count of each word. */
function lastCounts(read: readonly string[]): Record<string, number> {
  return Object.fromEntries(read.map((line) => line.split('=')).map(([word, count]) => [word, Number(count)]));
}

test('words are counted exactly once although application and broker are killed on the way', {
  skip,
  timeout: 180_000,
}, async (context) => {
  const [data, state] = [await temporaryFolder(context), await temporaryFolder(context)];
  const wordCount = await StreamsProgram.compiled(context, version, 'WordCount');
  let naru = new Program(context, ['start', '--data', data, '--log-format=json', ...freePorts]);
  const bootstrap = (await naru.readyRecord())['kafka']!;
  const topics = new CommittedTopics(context, bootstrap);
  await topics.create('lines', 'counts');
  const lines = Array.from({ length: 500 }, (_, index) => ({ key: `${index}`, value: 'one two three one' }));
  await topics.write('lines', lines);
  const first = wordCount.start(context, bootstrap, join(state, 'first'));
  await topics.readUntil('counts', (read) => lastCounts(read)['one']! >= 100);
  await first.kill();
  await topics.write('lines', lines);
  const second = wordCount.start(context, bootstrap, join(state, 'second'));
  naru.signal('SIGKILL');
  await naru.outcome();
  const port = bootstrap.slice(bootstrap.lastIndexOf(':') + 1);
  naru = new Program(context, [
    ...['start', '--data', data, '--log-format=json'],
    ...freePorts.slice(1),
    `--kafka-port=${port}`,
  ]);
  await naru.ready();
  const exact = { one: 2000, two: 1000, three: 1000 };
  await topics.readUntil('counts', (read) => isDeepStrictEqual(lastCounts(read), exact));
  await second.stop();
  assert.deepEqual(lastCounts(await topics.read('counts')), exact);
});
