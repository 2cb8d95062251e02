import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Protocol, protocols } from './sqs-wire.js';
import { cachePath, fillOnce, runs, succeed } from './toolchain.js';

/** Another program that speaks SQS, for calls to be made against both. */
export interface SqsPeer {
  /** As in docs/protocols/sqs-differences.md. */
  readonly title: string;
  readonly protocols: readonly Protocol[];
  /** Why it cannot run here; undefined when it can. */
  missing(): string | undefined;
  fetch(): void;
  start(): Promise<RunningPeer>;
}

export interface RunningPeer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export const elasticMqVersion: string = '1.7.1';
const elasticMqFolder = cachePath(`elasticmq-${elasticMqVersion}`, process.env['NARU_ELASTICMQ']);

function pom(): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>naru</groupId><artifactId>elasticmq</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.elasticmq</groupId><artifactId>elasticmq-server_3</artifactId><version>${elasticMqVersion}</version></dependency>
  </dependencies>
</project>
`;
}

/** What `java` is to find. */
export const elasticMqClassPath: string = join(elasticMqFolder, 'jars', '*');

/** In memory, with the limits of AWS, and its account and region. */
export const elasticMqSettings: string = `
node-address { protocol = http, host = "127.0.0.1", port = 0, context-path = "" }
generate-node-address = true
rest-sqs { enabled = true, bind-port = 0, bind-hostname = "127.0.0.1", sqs-limits = strict }
rest-stats { enabled = false }
aws { region = us-east-1, accountId = 000000000000 }
`;

/** What it says when it listens, with where. */
export const elasticMqReady: RegExp = /bind address (127\.0\.0\.1:[1-9]\d*)/;

export const elasticMq: SqsPeer = {
  title: `ElasticMQ ${elasticMqVersion}`,
  protocols,

  missing() {
    if (!runs('java', ['-version'])) return 'java is not installed';
    if (existsSync(elasticMqFolder) || runs('mvn', ['-version'])) return undefined;
    return 'mvn is not installed, and it fetches ElasticMQ’s jars';
  },

  fetch() {
    fillOnce(elasticMqFolder, (half) => {
      writeFileSync(join(half, 'pom.xml'), pom());
      const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${half}/jars`];
      succeed('mvn', ['-q', '-B', ...copy], half);
    });
  },

  start() {
    const folder = mkdtempSync(join(tmpdir(), 'naru-elasticmq-'));
    const settings = join(folder, 'settings.conf');
    writeFileSync(settings, elasticMqSettings);
    const java = ['-Xmx256m', '-XX:TieredStopAtLevel=1', `-Dconfig.file=${settings}`];
    const args = [...java, '-cp', elasticMqClassPath, 'org.elasticmq.server.Main'];
    return started('java', args, {}, folder, elasticMqReady);
  },
};

const fauxqsVersion = '2.4.1';
/** fauxqs needs a newer Node than the oldest that Naru runs on; the registry has those as well. */
const fauxqsNode = '24.21.0';
const fauxqsFolder = cachePath(`fauxqs-${fauxqsVersion}`, process.env['NARU_FAUXQS']);

export const fauxqs: SqsPeer = {
  title: `fauxqs ${fauxqsVersion}`,
  // The older one it has for SNS alone.
  protocols: ['JSON'],

  missing() {
    return existsSync(fauxqsFolder) || runs('npm', ['--version']) ? undefined : 'npm is not installed';
  },

  fetch() {
    fillOnce(fauxqsFolder, (half) => {
      const packages = [`fauxqs@${fauxqsVersion}`, `node@${fauxqsNode}`];
      succeed('npm', ['install', '--prefix', half, '--no-save', '--no-audit', '--no-fund', ...packages]);
    });
  },

  start() {
    const folder = mkdtempSync(join(tmpdir(), 'naru-fauxqs-'));
    const modules = join(fauxqsFolder, 'node_modules');
    const env = { FAUXQS_PORT: '0', FAUXQS_HOST: '127.0.0.1', FAUXQS_LOGGER: 'true' };
    const args = [join(modules, 'fauxqs', 'dist', 'cli.js')];
    return started(join(modules, 'node', 'bin', 'node'), args, env, folder, /listening at http:\/\/(127\.0\.0\.1:\d+)/);
  },
};

/** Runs a program until it says where it listens. */
async function started(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  folder: string,
  ready: RegExp,
): Promise<RunningPeer> {
  const { PATH = '' } = process.env;
  const child = spawn(command, args, { cwd: folder, env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      // What it logs of each call is nobody's business.
      if (!ready.test(output)) output += text;
    });
  }
  const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
  while (!ready.test(output) && child.exitCode === null && child.signalCode === null) {
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  }
  clearTimeout(late);
  const address = ready.exec(output)?.[1];
  if (address === undefined) throw new Error(`${command} did not start: ${output}`);
  return { endpoint: `http://${address}`, stop: () => stop(child, folder) };
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}
