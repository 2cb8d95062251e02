import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { startNaru } from '../../src/embed.js';
import { sleep, systemClock } from '../../src/lib/clock.js';
import { endWith, freePorts, Program, temporaryFolder } from '../process/program.js';
import { fetchKafkaTools, kafkaClassPath, missingForKafkaTools } from './kafka-tools.js';
import { cachePath, fillOnce, runs, skipUnlessThere, sourcePath, succeed } from './toolchain.js';

/**
 * A schema registry that keeps its schemas in Kafka: Apicurio's, which speaks Confluent's REST API, as Maven Central has
 * it. Confluent's own is not to be had there: what it asks of a broker is asked with Kafka's client library.
 */
const release = '3.0.9';
const registry = cachePath(`apicurio-registry-${release}`);
const missing = missingForKafkaTools() ?? (runs('tar', ['--version']) ? undefined : 'tar is not installed');
const skip = skipUnlessThere(missing);

before(() => {
  if (skip !== false) return;
  fetchKafkaTools('3.9.1');
  fillOnce(registry, (half) => {
    const artifact = `-Dartifact=io.apicurio:apicurio-registry-app:${release}:tar.gz:all`;
    succeed('mvn', ['-q', '-B', 'dependency:copy', artifact, `-DoutputDirectory=${half}`]);
    const archive = `apicurio-registry-app-${release}-all.tar.gz`;
    succeed('tar', ['-xzf', archive], half);
    rmSync(join(half, archive));
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

class Registry {
  private readonly url: string;
  readonly kill: () => Promise<void>;

  private constructor(url: string, kill: () => Promise<void>) {
    this.url = url;
    this.kill = kill;
  }

  static async started(context: TestContext, bootstrap: string): Promise<Registry> {
    const port = await freePort();
    const [jar] = readdirSync(registry).filter((name) => name.endsWith('-runner.jar'));
    const child = spawn('java', ['-Xmx384m', '-jar', join(registry, jar!)], {
      stdio: 'ignore',
      env: {
        ...process.env,
        APICURIO_STORAGE_KIND: 'kafkasql',
        APICURIO_KAFKASQL_BOOTSTRAP_SERVERS: bootstrap,
        QUARKUS_HTTP_HOST: '127.0.0.1',
        QUARKUS_HTTP_PORT: String(port),
      },
    });
    const ended = once(child, 'close');
    const kill = async (): Promise<void> => {
      child.kill('SIGKILL');
      await ended;
    };
    endWith(context, kill);
    const started = new Registry(`http://127.0.0.1:${port}/apis/ccompat/v7`, kill);
    for (let attempt = 0; attempt < 240; attempt++) {
      const answered = await fetch(`${started.url}/subjects`).catch(() => null);
      if (answered?.ok === true) return started;
      assert.equal(child.exitCode, null, 'the registry ended');
      await sleep(systemClock, 250);
    }
    throw new Error('the registry does not answer');
  }

  async ask(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const answer = await fetch(`${this.url}${path}`, init);
    return answer.ok ? await answer.json() : answer.status;
  }

  put(...fields: object[]): Promise<unknown> {
    const schema = JSON.stringify({ type: 'record', name: 'Order', fields });
    return this.ask('POST', '/subjects/orders-value/versions', { schema });
  }
}

describe('schema registries', { skip, concurrency: true, timeout: 180_000 }, () => {
  test('Apicurio’s keeps schemas, versions and rules, although it and the broker are killed', async (context) => {
    const folder = await temporaryFolder(context);
    const start = ['start', '--data', folder, '--log-format=json'];
    const naru = new Program(context, [...start, ...freePorts]);
    const bootstrap = (await naru.readyRecord())['kafka']!;
    const first = await Registry.started(context, bootstrap);
    const id = { name: 'id', type: 'long' };
    const note = { name: 'note', type: 'string' };
    assert.deepEqual(await first.put(id), { id: 1 });
    await first.ask('PUT', '/config/orders-value', { compatibility: 'BACKWARD' });
    assert.equal(await first.put(id, note), 409);
    assert.deepEqual(await first.put(id, { ...note, default: '' }), { id: 2 });
    await Promise.all([first.kill(), naru.end()]);

    const port = bootstrap.slice(bootstrap.lastIndexOf(':') + 1);
    const again = new Program(context, [...start, ...freePorts.slice(1), `--kafka-port=${port}`]);
    await again.ready();
    const second = await Registry.started(context, bootstrap);
    assert.deepEqual(await second.ask('GET', '/subjects/orders-value/versions'), [1, 2]);
    assert.deepEqual(await second.put(id), { id: 1 });
    assert.equal(await second.put(id, { ...note, type: 'int' }), 409);
    assert.deepEqual(await second.put(id, { ...note, default: 'none' }), { id: 3 });
  });

  test('what Confluent’s needs: a compacted topic, its policy, reading to a no-op record, a leader by “sr”', async () => {
    const naru = await startNaru({ memory: true, http: false });
    try {
      const java = ['-Xmx256m', '-cp', kafkaClassPath('3.9.1'), sourcePath('java/SchemaStore.java')];
      const { stdout } = await promisify(execFile)('java', [...java, naru.kafka.brokers[0]!], { timeout: 120_000 });
      const schema = (version: number, type: string): string =>
        `{"keytype":"SCHEMA","subject":"orders","version":${version},"magic":1}="${type}"`;
      assert.deepEqual(stdout.trim().split('\n'), [
        'made: true false',
        'policy: compact',
        'leads: true',
        `read: {${schema(2, 'string')}}`,
        'heir: true',
        'follows: true',
        `bootstrapped: {${schema(2, 'string')}, ${schema(3, 'bytes')}}`,
      ]);
    } finally {
      await naru.close();
    }
  });
});
