import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePorts, Program, temporaryFolder } from '../process/program.js';
import { fetchKafkaTools, kafkaTool, missingForKafkaTools } from './kafka-tools.js';
import { skipUnlessThere } from './toolchain.js';

/** Share groups came to be with Apache Kafka 4.2: its console tools, against the real program. */
const skip = skipUnlessThere(missingForKafkaTools());
const version = '4.2.0';

test('Kafka 4.2: a share consumer gets what a reset group has before it, once, and the group is described', {
  skip,
}, async (context) => {
  fetchKafkaTools(version);
  const folder = await temporaryFolder(context);
  const program = new Program(context, ['start', '--data', folder, '--log-format=json', ...freePorts]);
  const bootstrap = (await program.readyRecord())['kafka']!;
  const tool = (mainClass: string, args: string[], input = ''): string =>
    kafkaTool(mainClass, ['--bootstrap-server', bootstrap, ...args], version, input);
  const consume = (count: number): string[] => {
    const args = ['--topic', 'work', '--group', 'crew', '--max-messages', String(count), '--timeout-ms', '10000'];
    const printed = tool('org.apache.kafka.tools.consumer.ConsoleShareConsumer', args);
    return printed.split('\n').filter((line) => line.startsWith('m'));
  };
  const groups = (...args: string[]): string =>
    tool('org.apache.kafka.tools.consumer.group.ShareGroupCommand', ['--group', 'crew', ...args]);
  tool('org.apache.kafka.tools.TopicCommand', ['--create', '--topic', 'work', '--partitions', '1']);
  const lines = Array.from({ length: 200 }, (_, at) => `m${at}`);
  tool('org.apache.kafka.tools.ConsoleProducer', ['--topic', 'work'], `${lines.join('\n')}\n`);
  // The group begins at the end, and is then set back to the first record.
  assert.deepEqual(consume(1), []);
  groups('--reset-offsets', '--to-earliest', '--topic', 'work', '--execute');
  assert.deepEqual(consume(200), lines);
  assert.match(groups('--describe'), /work\s+0\s+200/);
  assert.deepEqual(consume(1), []);
  groups('--delete');
});
