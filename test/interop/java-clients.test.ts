import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { freePorts, Program, temporaryFolder } from '../process/program.js';
import { fetchKafkaTools, type KafkaVersion, kafkaTool, kafkaVersions, missingForKafkaTools } from './kafka-tools.js';
import { skipUnlessThere } from './toolchain.js';

/** The console tools of Apache Kafka, with the Java clients in them, against the real program. */
const skip = skipUnlessThere(missingForKafkaTools());

class Tools {
  private readonly version: KafkaVersion;
  readonly bootstrap: string;

  constructor(version: KafkaVersion, bootstrap: string) {
    this.version = version;
    this.bootstrap = bootstrap;
  }

  static async started(context: TestContext, version: KafkaVersion): Promise<Tools> {
    fetchKafkaTools(version);
    const folder = await temporaryFolder(context);
    const program = new Program(context, ['start', '--data', folder, '--log-format=json', ...freePorts]);
    return new Tools(version, (await program.readyRecord())['kafka']!);
  }

  private tool(mainClass: string, args: string[], input = ''): string {
    return kafkaTool(mainClass, ['--bootstrap-server', this.bootstrap, ...args], this.version, input);
  }

  topics(...args: string[]): string {
    return this.tool('org.apache.kafka.tools.TopicCommand', args);
  }

  groups(...args: string[]): string {
    return this.tool('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', args);
  }

  configs(...args: string[]): string {
    return this.tool('kafka.admin.ConfigCommand', args);
  }

  offsets(...args: string[]): string {
    return this.tool('org.apache.kafka.tools.GetOffsetShell', args);
  }

  produce(topic: string, lines: readonly string[], ...args: string[]): void {
    const mainClass =
      this.version === '3.9.1' ? 'kafka.tools.ConsoleProducer' : 'org.apache.kafka.tools.ConsoleProducer';
    this.tool(mainClass, ['--topic', topic, ...args], `${lines.join('\n')}\n`);
  }

  consume(topic: string, count: number, ...args: string[]): string[] {
    const output = this.tool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
      '--topic',
      topic,
      '--max-messages',
      String(count),
      '--timeout-ms',
      '60000',
      ...args,
    ]);
    return output.split('\n').filter((line) => line.startsWith('m'));
  }
}

for (const version of kafkaVersions) {
  test(`Kafka ${version}: topics are made, described, grown and deleted`, { skip }, async (context) => {
    const tools = await Tools.started(context, version);
    tools.topics('--create', '--topic', 'orders', '--partitions', '3', '--config', 'retention.ms=100000');
    const described = tools.topics('--describe', '--topic', 'orders');
    assert.match(described, /PartitionCount: 3\s+ReplicationFactor: 1\s+Configs: retention\.ms=100000/);
    assert.match(described, /Partition: 2\s+Leader: 1\s+Replicas: 1\s+Isr: 1/);
    tools.topics('--alter', '--topic', 'orders', '--partitions', '5');
    assert.match(tools.topics('--describe', '--topic', 'orders'), /PartitionCount: 5/);
    tools.topics('--delete', '--topic', 'orders');
    assert.doesNotMatch(tools.topics('--list'), /^orders$/m);
  });

  test(`Kafka ${version}: what the console producer sends, a group reads, keeps its place and is reset`, {
    skip,
  }, async (context) => {
    const tools = await Tools.started(context, version);
    tools.topics('--create', '--topic', 'lines', '--partitions', '2');
    const lines = Array.from({ length: 500 }, (_, index) => `m${index}`);
    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
      tools.produce('lines', lines.slice(0, 100), '--compression-codec', codec);
    }
    const read = tools.consume('lines', 500, '--from-beginning', '--group', 'readers');
    assert.equal(read.length, 500);
    assert.equal(new Set(read).size, 100);
    const described = tools.groups('--describe', '--group', 'readers');
    const lag = described
      .split('\n')
      .filter((line) => /\slines\s/.test(line))
      .map((line) => Number(line.trim().split(/\s+/)[5]));
    assert.equal(lag.length, 2);
    assert.equal(lag[0]! + lag[1]!, 0);
    tools.produce('lines', ['m-late']);
    assert.deepEqual(tools.consume('lines', 1, '--group', 'readers'), ['m-late']);
    tools.groups('--group', 'readers', '--topic', 'lines', '--reset-offsets', '--to-earliest', '--execute');
    assert.equal(tools.consume('lines', 501, '--group', 'readers').length, 501);
    assert.match(tools.groups('--list', '--state'), /readers\s+.*Empty/);
    tools.groups('--delete', '--group', 'readers');
    const ends = tools.offsets('--topic', 'lines', '--time', '-1').split('\n');
    const total = ends.filter((line) => line.startsWith('lines:')).map((line) => Number(line.split(':')[2]));
    assert.equal(total[0]! + total[1]!, 501);
  });

  test(`Kafka ${version}: the perf producer writes with acks=all and the perf consumer reads it all`, {
    skip,
  }, async (context) => {
    const tools = await Tools.started(context, version);
    const { bootstrap } = tools;
    const args = ['--topic', 'load', '--num-records', '50000', '--record-size', '200', '--throughput', '-1'];
    const produced = kafkaTool(
      'org.apache.kafka.tools.ProducerPerformance',
      [...args, '--producer-props', `bootstrap.servers=${bootstrap}`, 'acks=all'],
      version,
    );
    assert.match(produced, /50000 records sent/);
    const messages = version === '3.9.1' ? '--messages' : '--num-records';
    const consumed = kafkaTool(
      'org.apache.kafka.tools.ConsumerPerformance',
      ['--bootstrap-server', bootstrap, '--topic', 'load', messages, '50000', '--timeout', '60000'],
      version,
    );
    assert.match(consumed, /, 50\d\d\d, /);
  });
}
