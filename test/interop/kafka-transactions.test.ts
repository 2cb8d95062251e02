import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { startNaru } from '../../src/embed.js';
import {
  fetchKafkaTools,
  type KafkaVersion,
  kafkaVersions,
  missingForKafkaTools,
  runKafkaTool,
} from './kafka-tools.js';
import { skipUnlessThere } from './toolchain.js';

/** Apache Kafka's kafka-transactions, on a transaction that its producer left open. */
const skip = skipUnlessThere(missingForKafkaTools());

before(() => {
  if (skip === false) for (const version of kafkaVersions) fetchKafkaTools(version);
});

/** The rows of a table that a tool printed, by the names in its first line. */
function table(printed: string): Record<string, string>[] {
  const [head, ...rows] = printed.split('\n').filter((line) => /\t|\s{2,}/.test(line) && !/SLF4J|log4j/.test(line));
  const names = head?.trim().split(/\s+/) ?? [];
  return rows.map((row) =>
    Object.fromEntries(
      row
        .trim()
        .split(/\s+/)
        .map((field, at) => [names[at], field]),
    ),
  );
}

class LeftOpen {
  private readonly version: KafkaVersion;
  private readonly bootstrap: string;

  private constructor(version: KafkaVersion, bootstrap: string) {
    this.version = version;
    this.bootstrap = bootstrap;
  }

  /** Three records in a transaction that stays open, and one behind it that is in none. */
  static async started(context: TestContext, version: KafkaVersion): Promise<LeftOpen> {
    const naru = await startNaru({ memory: true, http: false });
    context.after(() => naru.close());
    const kafka = new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING });
    const producer = kafka.producer({
      transactionalId: 'mover',
      maxInFlightRequests: 1,
      idempotent: true,
      transactionTimeout: 600_000,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'moved', messages: ['open0', 'open1', 'open2'].map((value) => ({ value })) });
    const plain = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await plain.connect();
    await plain.send({ topic: 'moved', messages: [{ value: 'behind' }] });
    await Promise.all([producer.disconnect(), plain.disconnect()]);
    return new LeftOpen(version, naru.kafka.brokers[0]!);
  }

  tool(...args: string[]): Promise<string> {
    const server = ['--bootstrap-server', this.bootstrap];
    return runKafkaTool('org.apache.kafka.tools.TransactionsCommand', [...server, ...args], this.version);
  }

  async committed(count: number, timeoutMs: number): Promise<string[]> {
    const mainClass = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
    const from = ['--bootstrap-server', this.bootstrap, '--topic', 'moved', '--from-beginning'];
    const limits = ['--max-messages', String(count), '--timeout-ms', String(timeoutMs)];
    const isolation = ['--isolation-level', 'read_committed'];
    const printed = await runKafkaTool(mainClass, [...from, ...limits, ...isolation], this.version);
    return printed.split('\n').filter((line) => /^(open|behind)/.test(line));
  }
}

describe('kafka-transactions', { skip, concurrency: true, timeout: 120_000 }, () => {
  for (const version of kafkaVersions) {
    test(`of Kafka ${version} lists, describes and aborts what was left open`, async (context) => {
      const left = await LeftOpen.started(context, version);
      const [[listed], [described], [producing], hanging, before] = await Promise.all([
        left.tool('list').then(table),
        left.tool('describe', '--transactional-id', 'mover').then(table),
        left
          .tool('describe-producers', '--topic', 'moved', '--partition', '0')
          .then((text) => table(text).filter((row) => row['CurrentTransactionStartOffset'] !== 'None')),
        left.tool('find-hanging', '--broker-id', '1', '--max-transaction-timeout', '0').then(table),
        left.committed(1, 3_000),
      ]);
      assert.equal(listed!['TransactionalId'], 'mover');
      assert.equal(listed!['TransactionState'], 'Ongoing');
      assert.equal(described!['ProducerId'], listed!['ProducerId']);
      assert.equal(described!['TransactionState'], 'Ongoing');
      assert.equal(described!['TopicPartitions'], 'moved-0');
      assert.equal(producing!['ProducerId'], listed!['ProducerId']);
      assert.equal(producing!['CurrentTransactionStartOffset'], '0');
      // It is long open, but its coordinator knows of it: it does not hang.
      assert.deepEqual(hanging, []);
      assert.deepEqual(before, []);

      await left.tool('abort', '--topic', 'moved', '--partition', '0', '--start-offset', '0');
      assert.deepEqual(await left.committed(1, 30_000), ['behind']);
      const after = await left.tool('describe-producers', '--topic', 'moved', '--partition', '0').then(table);
      assert.deepEqual(
        after.map((row) => row['CurrentTransactionStartOffset']),
        ['None'],
      );
    });
  }

  test('of Kafka 4.2.0 terminates a transaction by its name', async (context) => {
    const left = await LeftOpen.started(context, '4.2.0');
    await left.tool('forceTerminateTransaction', '--transactionalId', 'mover');
    assert.deepEqual(await left.committed(1, 30_000), ['behind']);
  });
});
