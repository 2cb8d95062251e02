import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { sleep, systemClock } from '../../src/lib/clock.js';
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

/** The last count of each word that a committed reader sees. */
async function counts(topics: CommittedTopics): Promise<Record<string, number>> {
  const latest: Record<string, number> = {};
  for (const line of await topics.read('counts')) {
    const [word, count] = line.split('=');
    latest[word!] = Number(count);
  }
  return latest;
}

async function countsReach(topics: CommittedTopics, one: number): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt++) {
    if (((await counts(topics))['one'] ?? 0) >= one) return;
    await sleep(systemClock, 500);
  }
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
  await countsReach(topics, 100);
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
  await countsReach(topics, 2000);
  await second.stop();
  assert.deepEqual(await counts(topics), { one: 2000, two: 1000, three: 1000 });
});
