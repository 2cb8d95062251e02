import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { startNaru } from '../../src/embed.js';
import { temporaryFolder } from '../process/program.js';
import {
  fetchKafkaTools,
  type KafkaVersion,
  kafkaVersions,
  missingForKafkaTools,
  runKafkaTool,
} from './kafka-tools.js';
import { skipUnlessThere } from './toolchain.js';

/** Apache Kafka's smaller tools, among them those that its own system tests are made of. */
const skip = skipUnlessThere(missingForKafkaTools());
const brokers = 3;

before(() => {
  if (skip === false) for (const version of kafkaVersions) fetchKafkaTools(version);
});

/** Tools of one version, with a broker that looks like three. */
class Tools {
  readonly version: KafkaVersion;
  readonly bootstrap: string;
  private readonly folder: string;

  private constructor(version: KafkaVersion, bootstrap: string, folder: string) {
    this.version = version;
    this.bootstrap = bootstrap;
    this.folder = folder;
  }

  static async started(context: TestContext, version: KafkaVersion): Promise<Tools> {
    const folder = await temporaryFolder(context);
    const naru = await startNaru({ memory: true, http: false, kafkaBrokers: brokers });
    context.after(() => naru.close());
    return new Tools(version, naru.kafka.brokers.join(','), folder);
  }

  run(name: string, ...args: string[]): Promise<string> {
    const mainClass = name.startsWith('kafka.') ? name : `org.apache.kafka.tools.${name}`;
    return runKafkaTool(mainClass, ['--bootstrap-server', this.bootstrap, ...args], this.version);
  }

  /** A tool whose first argument says what it is to do. */
  command(name: string, verb: string, ...args: string[]): Promise<string> {
    const mainClass = `org.apache.kafka.tools.${name}`;
    return runKafkaTool(mainClass, [verb, '--bootstrap-server', this.bootstrap, ...args], this.version);
  }

  produce(topic: string, count: number): Promise<string> {
    return this.run('VerifiableProducer', '--topic', topic, '--max-messages', String(count), '--acks', '-1');
  }

  file(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }
}

/** Records of a tool that prints JSON lines. */
function named(printed: string, name: string): Record<string, unknown>[] {
  const lines = printed.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line)).filter((record) => record.name === name);
}

describe('tools', { skip, concurrency: 2, timeout: 120_000 }, () => {
  for (const version of kafkaVersions) {
    test(`of Kafka ${version} tell of the cluster, its features, its quorum and its logs`, async (context) => {
      const tools = await Tools.started(context, version);
      await tools.produce('told', 10);
      const [apis, cluster, features, quorum, logs] = await Promise.all([
        tools.run(version === '3.9.1' ? 'kafka.admin.BrokerApiVersionsCommand' : 'BrokerApiVersionsCommand'),
        tools.command('ClusterTool', 'cluster-id'),
        tools.run('FeatureCommand', 'describe'),
        tools.run('MetadataQuorumCommand', 'describe', '--status'),
        tools.run('LogDirsCommand', '--describe', '--topic-list', 'told'),
      ]);
      assert.equal(apis.match(/\(id: [123] rack: null/g)?.length, brokers);
      // What is told can be used, but for share groups, of which Kafka 3.9 knows an older form.
      const unusable = new Set(apis.match(/\w+(?=\(\d+\): .*\[unusable)/g));
      const shares = ['ShareGroupHeartbeat', 'ShareGroupDescribe', 'ShareFetch', 'ShareAcknowledge'];
      assert.deepEqual([...unusable], version === '3.9.1' ? shares : []);
      assert.match(cluster, /Cluster ID: \S{22}/);
      assert.match(features, /transaction\.version\s.*FinalizedVersionLevel: 2/);
      assert.match(quorum, /LeaderId:\s+1/);
      const [described] = logs.split('\n').filter((line) => line.startsWith('{"brokers"'));
      const partitions = JSON.parse(described!).brokers.flatMap((broker: { logDirs: { partitions: object[] }[] }) =>
        broker.logDirs.flatMap((folder) => folder.partitions),
      );
      assert.equal(partitions.length, 1);
      assert.ok(partitions[0].partition === 'told-0' && partitions[0].size > 100);
    });

    test(`of Kafka ${version} delete records, elect, reassign where everything is, and set quotas`, async (context) => {
      const tools = await Tools.started(context, version);
      await tools.produce('moved', 100);
      const lower = tools.file(
        'lower.json',
        '{"partitions":[{"topic":"moved","partition":0,"offset":40}],"version":1}',
      );
      const deleted = await tools.run('DeleteRecordsCommand', '--offset-json-file', lower);
      assert.match(deleted, /partition: moved-0\s+low_watermark: 40/);
      const offsets = await tools.run('GetOffsetShell', '--topic', 'moved', '--time', '-2');
      assert.match(offsets, /^moved:0:40$/m);
      await tools.run('LeaderElectionCommand', '--election-type', 'preferred', '--all-topic-partitions');

      const reassign = (...args: string[]): Promise<string> => tools.run('reassign.ReassignPartitionsCommand', ...args);
      const topics = tools.file('topics.json', '{"topics":[{"topic":"moved"}],"version":1}');
      const plan = await reassign('--generate', '--broker-list', '1,2,3', '--topics-to-move-json-file', topics);
      const current = tools.file('current.json', /Current.*\n(\{.*\})/.exec(plan)![1]!);
      assert.match(await reassign('--execute', '--reassignment-json-file', current), /Successfully started/);
      assert.match(
        await reassign('--verify', '--reassignment-json-file', current),
        /Reassignment of partition moved-0 is comp/,
      );
      assert.match(await reassign('--list'), /No partition reassignments found/);

      const quotas = (...args: string[]): Promise<string> =>
        tools.run('kafka.admin.ConfigCommand', '--entity-type', 'clients', '--entity-name', 'loud', ...args);
      await quotas('--alter', '--add-config', 'producer_byte_rate=1000000');
      assert.match(await quotas('--describe'), /client-id 'loud' are producer_byte_rate=1000000\.0/);
    });

    test(`of Kafka ${version} write, read, and copy in transactions of which some are given up`, async (context) => {
      const tools = await Tools.started(context, version);
      const count = 300;
      const [all] = named(await tools.produce('in', count), 'tool_data');
      assert.deepEqual([all!['sent'], all!['acked']], [count, count]);
      const [read, copied] = await Promise.all([
        tools.run(
          'VerifiableConsumer',
          '--topic',
          'in',
          '--group-id',
          'vc',
          '--max-messages',
          String(count),
          '--reset-policy',
          'earliest',
        ),
        runKafkaTool(
          'org.apache.kafka.tools.TransactionalMessageCopier',
          [
            ...[
              '--broker-list',
              tools.bootstrap,
              '--input-topic',
              'in',
              '--input-partition',
              '0',
              '--output-topic',
              'out',
            ],
            ...['--transactional-id', 'copier', '--transaction-size', '17', '--max-messages', String(count)],
            ...['--consumer-group', 'copiers', '--enable-random-aborts'],
          ],
          version,
        ),
      ]);
      const consumed = named(read, 'records_consumed').map((record) => record['count'] as number);
      assert.equal(
        consumed.reduce((sum, each) => sum + each, 0),
        count,
      );
      assert.ok(named(read, 'offsets_committed').every((record) => record['success'] === true));
      assert.match(copied, /"stage":"ShutdownComplete".*"totalProcessed":300/);
      const committed = await tools.run(
        'consumer.ConsoleConsumer',
        ...['--topic', 'out', '--from-beginning', '--timeout-ms', '3000', '--isolation-level', 'read_committed'],
      );
      const values = committed.split('\n').filter((line) => /^\d+$/.test(line));
      assert.deepEqual(
        values,
        Array.from({ length: count }, (_, at) => String(at)),
      );
    });

    test(`of Kafka ${version} find clients compatible, offsets readable and latency measurable`, async (context) => {
      const tools = await Tools.started(context, version);
      const yes = [
        'offsets-for-times',
        'cluster-id',
        'create-topics',
        'describe-acls',
        'describe-configs',
        'idempotent-producer',
      ];
      const compatible = await tools.run(
        'ClientCompatibilityTest',
        ...[
          '--num-cluster-nodes',
          String(brokers),
          '--topic',
          'compatible',
          '--expect-record-too-large-exception',
          'false',
        ],
        ...yes.flatMap((feature) => [`--${feature}-supported`, 'true']),
      );
      assert.match(compatible, /^SUCCESS\.$/m);
      const latency = await (version === '3.9.1'
        ? runKafkaTool(
            'org.apache.kafka.tools.EndToEndLatency',
            [tools.bootstrap, 'timed', '200', 'all', '100'],
            version,
          )
        : tools.run(
            'EndToEndLatency',
            '--topic',
            'timed',
            '--num-records',
            '200',
            '--producer-acks',
            'all',
            '--record-size',
            '100',
          ));
      assert.match(latency, /Percentiles: 50th = \d+, 99th = \d+/);
      const reset = await tools.run('StreamsResetter', '--application-id', 'app', '--input-topics', 'timed', '--force');
      assert.match(reset, /Topic: timed Partition: 0 Offset: 0/);
      const kept = await tools.run(
        'consumer.ConsoleConsumer',
        ...['--topic', '__consumer_offsets', '--from-beginning', '--timeout-ms', '3000'],
        ...['--formatter', 'org.apache.kafka.tools.consumer.OffsetsMessageFormatter'],
      );
      assert.match(kept, /"group":"app","topic":"timed","partition":0\}\},"value":\{"version":3,"data":\{"offset":0,/);
    });
  }

  test('of Kafka 4.2.0 list groups of every kind and the brokers’ endpoints', async (context) => {
    const tools = await Tools.started(context, '4.2.0');
    await tools.produce('read', 10);
    const read = (...args: string[]): Promise<string> =>
      tools.run('VerifiableConsumer', '--topic', 'read', '--max-messages', '10', '--reset-policy', 'earliest', ...args);
    await Promise.all([
      read('--group-id', 'classic'),
      read('--group-id', 'modern', '--group-protocol', 'consumer'),
      tools.run(
        'VerifiableShareConsumer',
        '--topic',
        'read',
        '--group-id',
        'shared',
        '--max-messages',
        '10',
        '--offset-reset-strategy',
        'earliest',
      ),
    ]);
    const groups = await tools.run('GroupsCommand', '--list');
    assert.match(groups, /^classic\s+Classic\s+consumer\s*$/m);
    assert.match(groups, /^modern\s+Consumer\s+consumer\s*$/m);
    assert.match(groups, /^shared\s+Share\s+share\s*$/m);
    const endpoints = await tools.command('ClusterTool', 'list-endpoints');
    assert.equal(endpoints.match(/^[123]\s+127\.0\.0\.1\s+\d+\s+null\s+unfenced\s+broker/gm)?.length, brokers);
  });
});
