import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePorts, Program, temporaryFolder } from '../process/program.js';
import { fetchKafkaTools, kafkaTool, kafkaVersions, missingForKafkaTools } from './kafka-tools.js';
import { skipUnlessThere } from './toolchain.js';

/** Apache Kafka's kafka-configs, against the real program. */
const skip = skipUnlessThere(missingForKafkaTools());

for (const version of kafkaVersions) {
  test(`Kafka ${version}: kafka-configs tells all keys of a topic, sets and deletes`, {
    skip,
  }, async (context) => {
    fetchKafkaTools(version);
    const folder = await temporaryFolder(context);
    const program = new Program(context, ['start', '--data', folder, '--log-format=json', ...freePorts]);
    const bootstrap = (await program.readyRecord())['kafka']!;
    const tool = (mainClass: string, ...args: string[]): string =>
      kafkaTool(mainClass, ['--bootstrap-server', bootstrap, ...args], version);
    const configs = (...args: string[]): string =>
      tool('kafka.admin.ConfigCommand', '--entity-type', 'topics', '--entity-name', 'orders', ...args);
    tool('org.apache.kafka.tools.TopicCommand', '--create', '--topic', 'orders', '--config', 'retention.ms=5000');
    configs('--alter', '--add-config', 'cleanup.policy=[compact,delete],flush.ms=7', '--delete-config', 'retention.ms');
    const all = configs('--describe', '--all');
    assert.match(
      all,
      /cleanup\.policy=compact,delete sensitive=false synonyms=\{DYNAMIC_TOPIC_CONFIG:cleanup\.policy=compact,delete, DEFAULT_CONFIG:log\.cleanup\.policy=delete\}/,
    );
    assert.match(all, /flush\.ms=7 /);
    assert.match(all, /retention\.ms=604800000 /);
    assert.match(all, /unclean\.leader\.election\.enable=false /);
    assert.doesNotMatch(configs('--describe'), /retention\.ms/);
    assert.throws(() => configs('--alter', '--add-config', 'flush.ms=soon'), /InvalidConfiguration|invalid value/i);
  });
}
