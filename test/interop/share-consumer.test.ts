import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import { startNaru } from '../../src/embed.js';
import { fetchKafkaTools, missingForKafkaTools, runKafkaTool } from './kafka-tools.js';
import { skipUnlessThere } from './toolchain.js';

/** Share groups came to be with Apache Kafka 4.2: its console tools, and kafka-share-groups. */
const skip = skipUnlessThere(missingForKafkaTools());
const version = '4.2.0';
const lines = Array.from({ length: 200 }, (_, at) => `m${at}`);

before(() => {
  if (skip === false) fetchKafkaTools(version);
});

/** A topic `work` with 200 records, and the tools to work them off with. */
class Crew {
  private readonly bootstrap: string;

  private constructor(bootstrap: string) {
    this.bootstrap = bootstrap;
  }

  static async started(context: TestContext): Promise<Crew> {
    const naru = await startNaru({ memory: true, http: false });
    context.after(() => naru.close());
    const crew = new Crew(naru.kafka.brokers[0]!);
    await crew.produce('work');
    return crew;
  }

  async produce(topic: string): Promise<void> {
    await this.tool('org.apache.kafka.tools.ConsoleProducer', ['--topic', topic], `${lines.join('\n')}\n`);
  }

  private tool(mainClass: string, args: string[], input = ''): Promise<string> {
    return runKafkaTool(mainClass, ['--bootstrap-server', this.bootstrap, ...args], version, input);
  }

  async consume(count: number, timeoutMs = 10_000): Promise<string[]> {
    const limits = ['--max-messages', String(count), '--timeout-ms', String(timeoutMs)];
    const args = ['--topic', 'work', '--group', 'crew', ...limits];
    const printed = await this.tool('org.apache.kafka.tools.consumer.ConsoleShareConsumer', args);
    return printed.split('\n').filter((line) => line.startsWith('m'));
  }

  groups(...args: string[]): Promise<string> {
    return this.tool('org.apache.kafka.tools.consumer.group.ShareGroupCommand', args);
  }

  describe(...args: string[]): Promise<string> {
    return this.groups('--describe', '--group', 'crew', ...args);
  }

  reset(...args: string[]): Promise<string> {
    return this.groups('--reset-offsets', '--group', 'crew', '--execute', ...args);
  }

  configure(config: string): Promise<string> {
    const group = ['--entity-type', 'groups', '--entity-name', 'crew'];
    return this.tool('kafka.admin.ConfigCommand', [...group, '--alter', '--add-config', config]);
  }
}

describe('Kafka 4.2', { skip, concurrency: true, timeout: 120_000 }, () => {
  test('a share consumer begins at the end, gets what a reset group has before it, once, and no more', async (context) => {
    const crew = await Crew.started(context);
    assert.deepEqual(await crew.consume(1, 4_000), []);
    await crew.reset('--to-earliest', '--topic', 'work');
    assert.deepEqual(await crew.consume(200), lines);
    assert.match(await crew.describe(), /work\s+0\s+200\s+0/);
    assert.deepEqual(await crew.consume(1, 4_000), []);
    await crew.groups('--delete', '--group', 'crew');
    assert.doesNotMatch(await crew.groups('--list'), /crew/);
  });

  test('a share group is set before it is there, listed, described with its member, moved by time and forgotten', async (context) => {
    const crew = await Crew.started(context);
    await crew.produce('other');
    assert.match(await crew.reset('--to-latest', '--topic', 'other'), /crew\s+other\s+0\s+200/);
    assert.match(await crew.groups('--list', '--state'), /^crew\s+Empty\s*$/m);
    await crew.configure('share.auto.offset.reset=earliest');
    assert.deepEqual(await crew.consume(120), lines.slice(0, 120));

    const working = crew.consume(1_000, 12_000);
    for (let attempt = 0; !/Stable\s+1/.test(await crew.describe('--state')); attempt++) assert.ok(attempt < 20);
    assert.match(await crew.describe('--members'), /crew\s+\S+\s+\/127\.0\.0\.1\s+console-share-consumer\s+1\s+work:0/);
    await assert.rejects(crew.reset('--to-earliest', '--topic', 'work'), /is not empty/);
    assert.deepEqual(await working, lines.slice(120));

    await crew.reset('--to-datetime', '2020-01-01T00:00:00.000', '--all-topics');
    const described = await crew.describe('--verbose');
    assert.match(described, /crew\s+work\s+0\s+\d+\s+0\s+200/);
    assert.match(described, /crew\s+other\s+0\s+\d+\s+0\s+200/);
    assert.match(await crew.groups('--delete-offsets', '--group', 'crew', '--topic', 'other'), /other\s+Successful/);
    assert.doesNotMatch(await crew.describe(), /other/);
  });
});
