import { kafkaClassPath } from '../../test/interop/kafka-tools.js';
import { kafkaVersion } from '../peers/kafka.js';
import { cpuSeconds } from '../process.js';
import { type Outcome, runProgram } from './generator.js';

/** Kafka's own load tools, as its users know them: kafka-producer-perf-test and kafka-consumer-perf-test. */

const java = ['-Xmx512m', '-cp', kafkaClassPath(kafkaVersion)];

export interface ProducerLoad {
  readonly address: string;
  readonly topic: string;
  readonly acks: string;
  readonly recordBytes: number;
  readonly records: number;
  readonly warmupRecords: number;
  /** Records a second, -1 for as many as it can. */
  readonly throughput: number;
  readonly brokerPid: number;
}

/** The broker's CPU time is that of the whole run, the warm-up among it, and so is the count it is divided by. */
export async function runProducerPerformance(load: ProducerLoad): Promise<Outcome> {
  const before = load.brokerPid === 0 ? 0 : cpuSeconds(load.brokerPid);
  const args = ['--bootstrap-server', load.address, '--topic', load.topic, '--throughput', String(load.throughput)];
  const amounts = ['--num-records', load.records, '--warmup-records', load.warmupRecords].map(String);
  const shape = ['--record-size', String(load.recordBytes), '--command-property', `acks=${load.acks}`];
  const main = 'org.apache.kafka.tools.ProducerPerformance';
  const output = await runProgram('java', [...java, main, ...args, ...amounts, ...shape], true);
  const cpu = load.brokerPid === 0 ? 0 : cpuSeconds(load.brokerPid) - before;
  const line =
    /steady state records sent, ([\d.]+) records\/sec .*?, (\d+) ms 50th, \d+ ms 95th, (\d+) ms 99th, (\d+) ms 99.9th/;
  const found = line.exec(output);
  if (found === null) throw new Error(`kafka-producer-perf-test said: ${output}`);
  const [rate, p50, p99, p999] = found.slice(1).map(Number) as [number, number, number, number];
  // The rate is that of the steady state, the CPU time is for all records: seconds stand for both.
  const outcome = { messages: load.records, seconds: load.records / rate, brokerCpu: cpu, generatorCpu: Number.NaN };
  return load.throughput > 0 ? { ...outcome, ack: { p50, p99, p999 } } : outcome;
}

export async function runConsumerPerformance(
  address: string,
  topic: string,
  records: number,
  brokerPid: number,
): Promise<Outcome> {
  const before = cpuSeconds(brokerPid);
  const args = ['--bootstrap-server', address, '--topic', topic, '--num-records', String(records), '--hide-header'];
  const main = 'org.apache.kafka.tools.ConsumerPerformance';
  const output = await runProgram('java', [...java, main, ...args, '--timeout', '30000']);
  const brokerCpu = cpuSeconds(brokerPid) - before;
  // start, end, MB, MB/s, records, records/s, rebalance ms, fetch ms, fetch MB/s, fetch records/s
  const fields = output.trim().split('\n').at(-1)!.split(', ');
  const messages = Number(fields[4]);
  if (!(messages > 0)) throw new Error(`kafka-consumer-perf-test said: ${output}`);
  return { messages, seconds: Number(fields[7]) / 1000, brokerCpu, generatorCpu: Number.NaN };
}
