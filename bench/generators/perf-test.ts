import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachePath, fillOnce, runs, succeed } from '../../test/interop/toolchain.js';
import { cpuSeconds } from '../process.js';
import { type Outcome, runProgram } from './generator.js';

/** RabbitMQ's own load tool, as its users know it. Fetched once by Maven. */
const version = '2.22.1';
const folder = cachePath(`perf-test-${version}`);

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>naru</groupId><artifactId>perf-test-tools</artifactId><version>1</version>
  <dependencies><dependency><groupId>com.rabbitmq</groupId><artifactId>perf-test</artifactId><version>${version}</version></dependency></dependencies>
</project>
`;

/** Why it cannot be used here; undefined when it can. */
export function missingPerfTest(): string | undefined {
  if (!runs('java', ['-version'])) return 'java is not installed: apt-get install default-jre-headless';
  try {
    fillOnce(folder, (half) => {
      writeFileSync(join(half, 'pom.xml'), pom);
      const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${half}/jars`];
      succeed('mvn', ['-q', '-B', ...copy], half);
    });
    return undefined;
  } catch {
    return 'mvn is not installed or did not bring PerfTest: apt-get install maven';
  }
}

export interface PerfTestLoad {
  readonly address: string;
  readonly queue: string;
  readonly type: string;
  readonly size: number;
  readonly prefetch: number;
  readonly seconds: number;
  readonly brokerPid: number;
}

/** One producer with 2,000 unconfirmed at most, one consumer that acks each message by itself. Its start is in the mean. */
export async function runPerfTest(load: PerfTestLoad): Promise<Outcome> {
  const before = cpuSeconds(load.brokerPid);
  const who = ['-h', `amqp://guest:guest@${load.address}`, '-u', load.queue, '-ad', 'false', '-f', 'persistent'];
  const kind = ['-qa', `x-queue-type=${load.type}`];
  const shape = Object.entries({ '-s': load.size, '-q': load.prefetch, '-c': 2000, '-z': load.seconds });
  const flags = [...who, ...kind, ...shape.flatMap(([flag, value]) => [flag, String(value)])];
  const java = ['-Xmx512m', '-cp', join(folder, 'jars', '*'), 'com.rabbitmq.perf.PerfTest'];
  const output = await runProgram('java', [...java, ...flags], true);
  const brokerCpu = cpuSeconds(load.brokerPid) - before;
  const rate = Number(/receiving rate avg: (\d+) msg\/s/.exec(output)?.[1]);
  if (!(rate > 0)) throw new Error(`PerfTest said: ${output}`);
  return { messages: rate * load.seconds, seconds: load.seconds, brokerCpu, generatorCpu: Number.NaN };
}
