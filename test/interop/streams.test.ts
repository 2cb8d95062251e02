import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { freePorts, Program, temporaryFolder } from '../process/program.js';
import { fetchKafkaTools, type KafkaVersion, kafkaTool, missingForKafkaTools } from './kafka-tools.js';
import { StreamsProgram } from './streams-application.js';
import { skipUnlessThere } from './toolchain.js';

/** Kafka Streams with exactly_once_v2: what it counts is exact, whoever is killed in the middle. */
const skip = skipUnlessThere(missingForKafkaTools());
const version: KafkaVersion = '4.2.0';

before(() => {
  if (skip === false) fetchKafkaTools(version);
});

function tool(mainClass: string, bootstrap: string, args: readonly string[], input = ''): string {
  return kafkaTool(mainClass, ['--bootstrap-server', bootstrap, ...args], version, input);
}

function write(bootstrap: string, lines: number): void {
  const input = 'one two three one\n'.repeat(lines);
  tool('org.apache.kafka.tools.ConsoleProducer', bootstrap, ['--topic', 'lines'], input);
}

/** The last count of each word that a committed reader sees. */
function counts(bootstrap: string): Record<string, number> {
  const output = tool('org.apache.kafka.tools.consumer.ConsoleConsumer', bootstrap, [
    ...['--topic', 'counts', '--from-beginning', '--timeout-ms', '5000', '--isolation-level', 'read_committed'],
    ...['--property', 'print.key=true'],
    ...['--property', 'value.deserializer=org.apache.kafka.common.serialization.LongDeserializer'],
  ]);
  const latest: Record<string, number> = {};
  for (const line of output.split('\n')) {
    const [word, count] = line.split('\t');
    if (count !== undefined && /^\d+$/.test(count)) latest[word!] = Number(count);
  }
  return latest;
}

async function countsReach(bootstrap: string, one: number): Promise<Record<string, number>> {
  for (let attempt = 0; ; attempt++) {
    const latest = counts(bootstrap);
    if ((latest['one'] ?? 0) >= one || attempt === 12) return latest;
  }
}

test('words are counted exactly once although application and broker are killed on the way', {
  skip,
  timeout: 300_000,
}, async (context) => {
  const [data, state] = [await temporaryFolder(context), await temporaryFolder(context)];
  const wordCount = await StreamsProgram.compiled(context, version, 'WordCount');
  let naru = new Program(context, ['start', '--data', data, '--log-format=json', ...freePorts]);
  const bootstrap = (await naru.readyRecord())['kafka']!;
  for (const topic of ['lines', 'counts']) {
    tool('org.apache.kafka.tools.TopicCommand', bootstrap, ['--create', '--topic', topic, '--partitions', '2']);
  }
  write(bootstrap, 500);
  const first = wordCount.start(context, bootstrap, join(state, 'first'));
  await countsReach(bootstrap, 100);
  await first.kill();
  write(bootstrap, 500);
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
  const latest = await countsReach(bootstrap, 2000);
  await second.stop();
  assert.deepEqual(latest, { one: 2000, two: 1000, three: 1000 });
});
