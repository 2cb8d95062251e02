import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type RunningNaru, startNaru } from '../../src/embed.js';
import { cachePath, fillOnce, runs, skipUnlessThere, sourcePath, succeed } from './toolchain.js';

/** RabbitMQ's client for Go: a program of our own, and the tests that the library itself is released with. */
const skip = skipUnlessThere(runs('go', ['version']) ? undefined : 'go is not installed');
const library = 'github.com/rabbitmq/amqp091-go';
const folder = cachePath('amqp-go');
const program = join(folder, 'program');
const suite = join(folder, 'suite');

before(() => {
  if (skip !== false) return;
  const source = sourcePath('go/amqp');
  mkdirSync(folder, { recursive: true });
  // Go knows itself what is built already; modules come through its proxy, checked against go.sum.
  succeed('go', ['build', '-o', program, '.'], source);
  const module = succeed('go', ['list', '-m', '-f', '{{.Version}} {{.Dir}}', library], source).trim();
  const [version, sources] = module.split(' ') as [string, string];
  const copy = join(folder, version);
  fillOnce(copy, (half) => copyWithPorts(sources, half));
  succeed('go', ['test', '-c', '-tags=integration', '-o', suite, '.'], copy);
});

/** The library's tests look for the management API at a port of its own; ours is a free one. */
function copyWithPorts(sources: string, into: string): void {
  for (const entry of readdirSync(sources, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = relative(sources, join(entry.parentPath, entry.name));
    mkdirSync(dirname(join(into, path)), { recursive: true });
    // Modules are kept read-only: their bytes are copied, not their modes.
    writeFileSync(join(into, path), readFileSync(join(sources, path)));
  }
  const path = join(into, 'internal', 'utils', 'http.go');
  const changed = readFileSync(path, 'utf8')
    .replace('"http://localhost:15672/', 'os.Getenv("NARU_HTTP")+"/')
    .replace('"http://localhost:"+port+"/', 'os.Getenv("NARU_HTTP")+"/')
    .replace('import (', 'import (\n\t"os"');
  assert.equal(changed.match(/os\.Getenv/g)?.length, 2, 'the library’s tests reach the management API in another way');
  writeFileSync(path, changed);
}

function asGuest(url: string): string {
  return url.replace(/^amqp:\/\/(?!guest)/, 'amqp://guest:guest@');
}

async function withNaru(act: (naru: RunningNaru) => Promise<void>): Promise<void> {
  // Some of the library's tests look more closely at a server of this name.
  const naru = await startNaru({ memory: true, kafka: false, sqs: false, amqpProduct: 'RabbitMQ' });
  try {
    await act(naru);
  } finally {
    await naru.close();
  }
}

/** Runs tests of the library; answers the names of those that passed. */
async function passed(naru: RunningNaru, ...choice: readonly string[]): Promise<string[]> {
  const env = { ...process.env, AMQP_URL: `${asGuest(naru.amqp.url)}/`, NARU_HTTP: naru.http.url };
  const running = promisify(execFile)(suite, ['-test.v', '-test.timeout=90s', ...choice], {
    env,
    maxBuffer: 1 << 26,
    timeout: 100_000,
  });
  const { stdout } = await running.catch((error) => {
    throw new Error(`ended with ${error.code}: ${error.stdout}${error.stderr}`);
  });
  return [...stdout.matchAll(/^--- PASS: (\S+)/gm)].map(([, name]) => name!);
}

// Each of the library's recovery tests waits five seconds for a management API that is slow to know: beside each other.
describe('amqp091-go', { skip, concurrency: true, timeout: 150_000 }, () => {
  test('routes, confirms, works off and gives back', () =>
    withNaru(async (naru) => {
      const { stdout } = await promisify(execFile)(program, [asGuest(naru.amqp.url)], { timeout: 60_000 });
      assert.deepEqual(JSON.parse(stdout), {
        direct: [['banana'], []],
        fanout: [['all'], ['all'], ['all']],
        topic: [['sunny'], ['sunny'], []],
        headers: [['both'], ['both', 'one']],
        done: 50,
        again: true,
        left: 0,
      });
    }));

  test('finds all that its own tests look for', () =>
    withNaru(async (naru) => {
      const names = await passed(naru, '-test.skip=ConnectionRecovery');
      assert.ok(names.length > 200, `only ${names.length} tests ran`);
      assert.ok(names.includes('TestIntegrationBasicQueueOperations'));
    }));

  const recoveries = {
    'what it published and consumed':
      'ConnectionRecovery(Publish|Consume|ExclusiveQueue|DeletedQueueSkip|CustomSASL.*)$',
    'its channels and what they declared': 'ConnectionRecovery(ChannelID|MultiChannel|Topology).*',
    'what is to be forgotten': 'ConnectionRecovery(AutoDelete|SkipAndContinue$|LifeCycle|CancelInterrupt|Exhaustion).*',
    'what it could not take up at once': 'ConnectionRecovery(ConsumerNotForgotten|SkipAndContinueNoInfiniteLoop).*',
  };
  for (const [name, choice] of Object.entries(recoveries)) {
    test(`takes up ${name} when the management API closes its connection`, () =>
      withNaru(async (naru) => {
        assert.ok((await passed(naru, `-test.run=${choice}`)).length >= 2);
      }));
  }
});
