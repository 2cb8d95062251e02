import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { type NaruSettings, startNaru } from '../../src/embed.js';
import { sleep, systemClock } from '../../src/lib/clock.js';
import { runs, skipUnlessThere } from './toolchain.js';

/** kcat, as Debian packages it: librdkafka some years back, and the tool many look into Kafka with. */
const skip = skipUnlessThere(runs('kcat', ['-V']) ? undefined : 'kcat is not installed');

type Kcat = (args: readonly string[], input?: string) => Promise<string>;

async function kcatTo(context: TestContext, settings: NaruSettings = {}): Promise<Kcat> {
  const naru = await startNaru({ memory: true, http: false, ...settings });
  context.after(() => naru.close());
  return async (args, input = '') => {
    const running = promisify(execFile)('kcat', ['-b', naru.kafka.brokers[0]!, ...args], { timeout: 60_000 });
    running.child.stdin!.end(input);
    return (await running).stdout;
  };
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

const toEnd = ['-e', '-q'];

describe('kcat', { skip, concurrency: true, timeout: 120_000 }, () => {
  test('lists brokers, topics and partitions', async (context) => {
    const kcat = await kcatTo(context, { kafkaBrokers: 3, partitionsDefault: 3 });
    await kcat(['-P', '-t', 'listed'], 'one\n');
    const listed = JSON.parse(await kcat(['-L', '-J']));
    assert.deepEqual(listed.brokers.map((broker: { id: number }) => broker.id).sort(), [1, 2, 3]);
    const [topic] = listed.topics.filter((each: { topic: string }) => each.topic === 'listed');
    assert.deepEqual(
      topic.partitions.map((each: { partition: number; leader: number }) => [each.partition, each.leader]).sort(),
      [0, 1, 2].map((partition) => [partition, partition + 1]),
    );
  });

  test('writes keys, empty values and headers, and reads them as they were', async (context) => {
    const kcat = await kcatTo(context);
    await kcat(['-P', '-t', 'told', '-K:', '-Z', '-H', 'from=north', '-H', 'bare'], 'a:1\nb:\n:3\nd:4 한\n');
    const format = ['-f', '%o %k=%s %S %h\\n'];
    const told = ['0 a=1 1 from=north,bare=NULL', '1 b= -1 from=north,bare=NULL'];
    const read = lines(await kcat(['-C', '-t', 'told', ...toEnd, ...format]));
    assert.deepEqual(read.slice(0, 2), told);
    assert.match(read[2]!, /^2 =3 1 /);
    assert.match(read[3]!, /^3 d=4 한 5 /);
  });

  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
    test(`reads what it compressed with ${codec}, in order`, async (context) => {
      const kcat = await kcatTo(context);
      const written = Array.from({ length: 2000 }, (_, at) => `line ${at} ${'x'.repeat(at % 100)}`);
      await kcat(['-P', '-t', 'pressed', '-X', `compression.codec=${codec}`], written.join('\n'));
      assert.deepEqual(lines(await kcat(['-C', '-t', 'pressed', ...toEnd])), written);
    });
  }

  test('reads from an offset, from behind the end, and from one time up to another', async (context) => {
    const kcat = await kcatTo(context);
    const append = async (name: string): Promise<number> => {
      await kcat(['-P', '-t', 'timed', '-p', '0'], `${name}1\n${name}2\n`);
      const stamps = lines(await kcat(['-C', '-t', 'timed', '-o', '-2', ...toEnd, '-f', '%T\\n'])).map(Number);
      // Apart from what comes next by more than a millisecond.
      await sleep(systemClock, 5);
      return stamps[0]!;
    };
    await append('a');
    const second = await append('b');
    const third = await append('c');
    const read = async (...from: string[]): Promise<string[]> =>
      lines(await kcat(['-C', '-t', 'timed', ...from, ...toEnd]));
    assert.deepEqual(await read('-o', 'beginning'), ['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
    assert.deepEqual(await read('-p', '0', '-o', '3'), ['b2', 'c1', 'c2']);
    assert.deepEqual(await read('-o', '-1'), ['c2']);
    assert.deepEqual(await read('-o', `s@${second}`), ['b1', 'b2', 'c1', 'c2']);
    assert.deepEqual(await read('-o', `s@${second}`, '-o', `e@${third}`), ['b1', 'b2']);
    assert.match(await kcat(['-Q', '-t', `timed:0:${third}`]), /timed \[0\] offset 4/);
    assert.match(await kcat(['-Q', '-t', 'timed:0:-1']), /timed \[0\] offset 6/);
    assert.match(await kcat(['-Q', '-t', 'timed:0:-2']), /timed \[0\] offset 0/);
  });

  test('reads as a group and goes on where it committed, also by another strategy', async (context) => {
    const kcat = await kcatTo(context, { partitionsDefault: 4 });
    const write = (from: number): Promise<string> =>
      kcat(['-P', '-t', 'shared', '-K:'], Array.from({ length: 40 }, (_, at) => `k${at}:m${from + at}`).join('\n'));
    const member = async (count: number, ...more: string[]): Promise<string[]> =>
      lines(
        await kcat(['-G', 'readers', ...more, '-c', String(count), '-q', '-X', 'auto.offset.reset=earliest', 'shared']),
      );
    await write(0);
    assert.equal(new Set(await member(40)).size, 40);
    await write(40);
    const later = await member(40, '-X', 'partition.assignment.strategy=cooperative-sticky');
    assert.deepEqual(
      later.map((line) => Number(line.slice(1))).sort((a, b) => a - b),
      Array.from({ length: 40 }, (_, at) => 40 + at),
    );
  });

  test('writes in a transaction', async (context) => {
    const kcat = await kcatTo(context);
    const written = Array.from({ length: 100 }, (_, at) => `t${at}`);
    await kcat(['-P', '-t', 'moved', '-X', 'transactional.id=kcat'], written.join('\n'));
    assert.deepEqual(
      lines(await kcat(['-C', '-t', 'moved', ...toEnd, '-X', 'isolation.level=read_committed'])),
      written,
    );
  });

  test('says who it is, by PLAIN and SCRAM, and is not served without', async (context) => {
    const kcat = await kcatTo(context, { adminUser: 'root', adminPassword: 'the ferry' });
    const as = (mechanism: string, password: string): string[] => [
      ...['-X', 'security.protocol=sasl_plaintext', '-X', `sasl.mechanism=${mechanism}`],
      ...['-X', 'sasl.username=root', '-X', `sasl.password=${password}`],
    ];
    for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']) {
      await kcat(['-P', '-t', 'said', ...as(mechanism, 'the ferry')], `${mechanism}\n`);
      await assert.rejects(kcat(['-L', '-m', '3', ...as(mechanism, 'a ferry')]), /Authentication failed/i);
    }
    assert.equal(lines(await kcat(['-C', '-t', 'said', ...toEnd, ...as('PLAIN', 'the ferry')])).length, 3);
  });
});
