import { Command } from 'commander';
import { type Clock, systemClock } from '../../lib/clock.js';
import { systemRandom } from '../../lib/random.js';
import { path, RequestError, read, withShared } from '../admin-request.js';
import { countFrom } from '../arguments.js';
import { examples, explain } from '../help.js';
import { fields, list, printJson } from '../output.js';
import type { WireOptions } from '../place.js';
import { Progress } from '../progress.js';
import { AmqpSubject } from './amqp.js';
import { HttpSubject } from './http.js';
import { KafkaSubject } from './kafka.js';
import { SqsSubject } from './sqs.js';
import type { Subject } from './subject.js';

interface BenchOptions extends WireOptions {
  readonly messages: string;
  readonly size: string;
}

/** What was measured of one front. */
interface Measured {
  readonly front: string;
  readonly messages: number;
  readonly size: number;
  readonly produce_per_s: number;
  readonly produce_mb_per_s: number;
  readonly consume_per_s: number;
  readonly consume_mb_per_s: number;
  /** Of one message alone, until it is durable. */
  readonly ack_p50_ms: number;
  readonly ack_p99_ms: number;
}

const fronts = ['kafka', 'amqp', 'sqs', 'http'] as const;
const singles = 200;

/** `naru bench`: whether a broker does what one expects of it, not how it compares with others. */
export function benchCommand(program: Command): Command {
  const command = new Command('bench')
    .copyInheritedSettings(program)
    .description(
      'Measure a running broker for a moment: rates of producing and consuming, time until a message is durable',
    )
    .argument('[fronts...]', `${fronts.join(', ')}; all that listen when none is named`);
  withShared(command)
    .option('--messages <count>', 'how many go in and out of each front', '20000')
    .option('--size <bytes>', 'how large each is', '1024')
    .option('--kafka <address>', 'where Kafka’s front is, unless the admin API tells (NARU_KAFKA)')
    .option('--amqp <url>', 'where AMQP’s front is, unless the admin API tells (NARU_AMQP)')
    .action(bench);
  explain(command, explained);
  return examples(command, 'naru bench', 'naru bench kafka --messages 200000 --size 100 --json');
}

const explained = `It makes a topic or queue of its own, naru.bench.<letters>, and deletes it afterwards. The clients are those of this program: \
one process, in JavaScript. What they reach is a lower bound of what the broker does. SQS is measured with AWS_ACCESS_KEY_ID and \
AWS_SECRET_ACCESS_KEY where there are users.`;

async function bench(named: readonly string[], options: BenchOptions): Promise<void> {
  for (const front of named) {
    if (!fronts.some((known) => known === front)) throw new RequestError(`${front} is none of ${fronts.join(', ')}`);
  }
  const count = countFrom('--messages', options.messages);
  const size = countFrom('--size', options.size);
  if (count === 0) throw new RequestError('--messages 0: nothing to measure');
  const { listeners } = await read<{ readonly listeners: readonly { readonly protocol: string }[] }>(
    options,
    path('overview'),
  );
  const there = fronts.filter(
    (front) => listeners.length === 0 || listeners.some(({ protocol }) => protocol === front),
  );
  const measured: Measured[] = [];
  for (const front of named.length === 0 ? there : named) {
    measured.push(await measure(subjectFor(front, options), count, size, systemClock));
  }
  if (options.json === true) {
    printJson(measured);
    return;
  }
  list(options, fields(...columns), measured);
}

const columns = ['front', 'messages', 'produce_per_s', 'produce_mb_per_s', 'consume_per_s', 'ack_p50_ms', 'ack_p99_ms'];

function subjectFor(front: string, options: BenchOptions): Subject {
  const name = `naru.bench.${systemRandom.bytes(4).toString('hex')}`;
  if (front === 'kafka') return new KafkaSubject(name, options);
  if (front === 'amqp') return new AmqpSubject(name, options);
  if (front === 'sqs') return new SqsSubject(name, options);
  return new HttpSubject(name, options);
}

async function measure(subject: Subject, count: number, size: number, clock: Clock): Promise<Measured> {
  const { front } = subject;
  const payload = systemRandom.bytes(size).toString('base64').slice(0, size);
  const progress = new Progress(front, clock);
  progress.total = count * 2;
  try {
    await subject.prepare();
    const produceMs = await produced(subject, count, Buffer.from(payload), clock, progress);
    const begunMs = clock.monotonic();
    let taken = 0;
    while (taken < count) {
      const more = await subject.consume(count - taken);
      if (more === 0) throw new RequestError(`${front}: ${count - taken} of ${count} messages did not come back`);
      taken += more;
      progress.at += more;
      progress.messages += more;
    }
    const consumeMs = clock.monotonic() - begunMs;
    const acks = await ackTimes(subject, Buffer.from(payload), clock);
    const perSecond = (ms: number): number => Math.round((count / Math.max(ms, 0.001)) * 1000);
    const megabytes = (ms: number): number => round((count * size) / Math.max(ms, 0.001) / 1000);
    return {
      front,
      messages: count,
      size,
      produce_per_s: perSecond(produceMs),
      produce_mb_per_s: megabytes(produceMs),
      consume_per_s: perSecond(consumeMs),
      consume_mb_per_s: megabytes(consumeMs),
      ack_p50_ms: round(acks[Math.floor(acks.length * 0.5)]!),
      ack_p99_ms: round(acks[Math.floor(acks.length * 0.99)]!),
    };
  } catch (error) {
    if (error instanceof RequestError || !(error instanceof Error)) throw error;
    const { cause } = error;
    throw new RequestError(`${front}: ${cause instanceof Error ? cause.message : error.message}`, { cause: error });
  } finally {
    progress.close();
    await subject.close();
  }
}

async function produced(
  subject: Subject,
  count: number,
  payload: Buffer,
  clock: Clock,
  progress: Progress,
): Promise<number> {
  let left = count;
  const begunMs = clock.monotonic();
  const worker = async (): Promise<void> => {
    while (left > 0) {
      const now = Math.min(left, subject.batch);
      left -= now;
      await subject.produce(new Array<Buffer>(now).fill(payload));
      progress.at += now;
      progress.messages += now;
      progress.bytes += now * payload.length;
    }
  };
  await Promise.all(Array.from({ length: subject.inFlight }, worker));
  return clock.monotonic() - begunMs;
}

/** One after the other, sorted. */
async function ackTimes(subject: Subject, payload: Buffer, clock: Clock): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < singles; index++) {
    const begunMs = clock.monotonic();
    await subject.produce([payload]);
    times.push(clock.monotonic() - begunMs);
  }
  return times.sort((a, b) => a - b);
}

function round(value: number): number {
  return Number(value.toFixed(value < 10 ? 2 : 1));
}
