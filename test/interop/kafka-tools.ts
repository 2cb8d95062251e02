import { execFile, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachePath, fillOnce, runs, succeed } from './toolchain.js';

/**
 * Apache Kafka's own command line tools, fetched once by Maven into `NARU_KAFKA_TOOLS` or `node_modules/.cache`. They
 * have the last word on whether the files and wire formats are Kafka's.
 */
export const kafkaVersions = ['3.9.1', '4.2.0'] as const;
export type KafkaVersion = (typeof kafkaVersions)[number];

/** Tools, the streams library, and Connect with its file connectors. */
const artifacts = ['kafka_2.13', 'kafka-tools', 'kafka-streams', 'connect-runtime', 'connect-file', 'connect-json'];

function pom(version: KafkaVersion): string {
  const dependencies = artifacts.map(
    (artifact) =>
      `<dependency><groupId>org.apache.kafka</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>naru</groupId><artifactId>kafka-tools</artifactId><version>1</version>
  <dependencies>${dependencies.join('\n')}</dependencies>
</project>
`;
}

/** Why the tools cannot be had on this machine; undefined when they can. */
export function missingForKafkaTools(): string | undefined {
  if (!runs('java', ['-version'])) return 'java is not installed';
  if (kafkaVersions.every((version) => existsSync(jarFolder(version)))) return undefined;
  return runs('mvn', ['-version']) ? undefined : 'mvn is not installed, and it fetches Kafka’s jars';
}

function jarFolder(version: KafkaVersion): string {
  return cachePath(`kafka-${version}-${artifacts.length}`, process.env['NARU_KAFKA_TOOLS']);
}

export function fetchKafkaTools(version: KafkaVersion = kafkaVersions[0]): void {
  fillOnce(jarFolder(version), (half) => {
    writeFileSync(join(half, 'pom.xml'), pom(version));
    const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${half}/jars`];
    succeed('mvn', ['-q', '-B', ...copy], half);
  });
}

/** What `java` and `javac` are to find. */
export function kafkaClassPath(version: KafkaVersion = kafkaVersions[0]): string {
  return join(jarFolder(version), 'jars', '*');
}

function javaArgs(version: KafkaVersion, mainClass: string, args: readonly string[]): string[] {
  // Most of a tool's second is its compiler's.
  return ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', kafkaClassPath(version), mainClass, ...args];
}

/** Runs one of the tools and answers what it prints. */
export function kafkaTool(
  mainClass: string,
  args: readonly string[],
  version: KafkaVersion = kafkaVersions[0],
  input = '',
): string {
  const java = javaArgs(version, mainClass, args);
  const run = spawnSync('java', java, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, input, timeout: 120_000 });
  if (run.status !== 0) throw new Error(`${mainClass} ended with ${run.status}: ${run.stdout}${run.stderr}`);
  return run.stdout + run.stderr;
}

/** The same, while this process goes on: for a broker in it, and for several tools at a time. */
export async function runKafkaTool(
  mainClass: string,
  args: readonly string[],
  version: KafkaVersion = kafkaVersions[0],
  input = '',
): Promise<string> {
  // A client without its broker would not end by itself, nor when it is asked to.
  const limits = { timeout: 90_000, killSignal: 'SIGKILL', maxBuffer: 256 * 1024 * 1024 } as const;
  const running = promisify(execFile)('java', javaArgs(version, mainClass, args), limits);
  running.child.stdin!.end(input);
  const { stdout, stderr } = await running.catch((error) => {
    throw new Error(`${mainClass} ended with ${error.code}: ${error.stdout}${error.stderr}`);
  });
  return stdout + stderr;
}
