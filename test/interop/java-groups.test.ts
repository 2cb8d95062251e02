import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { startNaru } from '../../src/embed.js';
import { withFolder } from '../../src/store/temporary-folder.js';
import { fetchKafkaTools, kafkaTool, missingForKafkaTools, runKafkaTool } from './kafka-tools.js';
import { skipUnlessThere } from './toolchain.js';

/** The Java consumer of Kafka 4 in a group of KIP-848, and what Kafka's own decoder makes of the records we keep of it. */
const version = '4.2.0';
const skip = skipUnlessThere(missingForKafkaTools());

before(() => {
  if (skip === false) fetchKafkaTools(version);
});

const tool = (mainClass: string, args: readonly string[], input = ''): Promise<string> =>
  runKafkaTool(mainClass, args, version, input);

test('a Java consumer reads, commits and leaves, and its records are Kafka’s', { skip }, async () => {
  await withFolder(async (folder) => {
    const naru = await startNaru({ data: folder, http: false, partitionsDefault: 3 });
    const server = ['--bootstrap-server', naru.kafka.brokers[0]!];
    try {
      await tool('org.apache.kafka.tools.ConsoleProducer', [...server, '--topic', 'orders'], 'a\nb\nc\n');
      const read = ['--include', 'ord.*', '--group', 'readers', '--from-beginning', '--max-messages', '3'];
      const consumer = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
      const protocol = ['--command-property', 'group.protocol=consumer', '--timeout-ms', '30000'];
      const taken = await tool(consumer, [...server, ...read, ...protocol]);
      assert.deepEqual(taken.match(/^[abc]$/gm)?.sort(), ['a', 'b', 'c']);
      const command = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand';
      const listed = await tool(command, [...server, '--list', '--type', '--state']);
      assert.match(listed, /readers\s+Consumer\s+Empty/);
      const offsets = await tool(command, [...server, '--describe', '--group', 'readers']);
      assert.equal(offsets.match(/^readers\s+orders\s+\d\s+\d+\s+\d+\s+0\s/gm)?.length, 3, offsets);
    } finally {
      await naru.close();
    }
    const topics = join(folder, 'topics');
    const files = readdirSync(topics)
      .filter((name) => name.startsWith('__consumer_offsets-'))
      .flatMap((name) => readdirSync(join(topics, name)).map((file) => join(topics, name, file)))
      .filter((file) => file.endsWith('.log'));
    const dumped = kafkaTool('kafka.tools.DumpLogSegments', ['--offsets-decoder', '--files', files.join(',')], version);
    for (const type of ['3', '5', '6', '7', '8', '1']) {
      assert.ok(dumped.includes(`key: {"type":"${type}","data":{"group`), `a record of type ${type}`);
    }
    assert.match(dumped, /"type":"8".*"memberEpoch":1,"previousMemberEpoch":0,"state":0,"assignedPartitions":\[\{/);
    assert.doesNotMatch(dumped, /Exception|isvalid: false/);
  });
});
