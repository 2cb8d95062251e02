import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { type RunningNaru, startNaru } from '../../src/embed.js';
import { temporaryFolder } from '../process/program.js';
import { runs, skipUnlessThere } from './toolchain.js';

/** The command line tool of RabbitMQ's management plugin, in Python: version 1, of any RabbitMQ up to 4. */
const tool = process.env['NARU_RABBITMQADMIN'] ?? 'rabbitmqadmin';
const skip = skipUnlessThere(runs(tool, ['--version']) ? undefined : `${tool} is not installed`);

type Run = (...args: string[]) => Promise<string>;

function toolFor(naru: RunningNaru): Run {
  const { hostname, port } = new URL(naru.http.url);
  return async (...args) => {
    const all = ['-H', hostname, '-P', port, '-u', 'root', '-p', 'p4ssword', '-f', 'raw_json', ...args];
    const { stdout } = await promisify(execFile)(tool, all, { timeout: 30_000 });
    return stdout.trim();
  };
}

test('rabbitmqadmin declares, lists, publishes, gets, exports, imports and deletes', {
  skip,
  timeout: 240_000,
}, async (context) => {
  const naru = await startNaru({ memory: true, kafka: false, adminUser: 'root', adminPassword: 'p4ssword' });
  try {
    const run = toolFor(naru);
    const listed = async (...what: string[]): Promise<Record<string, unknown>[]> =>
      JSON.parse(await run('list', ...what));
    const names = async (...what: string[]): Promise<unknown[]> => (await listed(...what)).map(({ name }) => name);

    assert.equal(await run('declare', 'vhost', 'name=blue'), 'vhost declared');
    assert.deepEqual(await names('vhosts'), ['/', 'blue']);
    assert.equal(await run('declare', 'user', 'name=alice', 'password=w0nder', 'tags=management'), 'user declared');
    assert.deepEqual(await names('users'), ['alice', 'root']);
    await run('declare', 'permission', 'vhost=blue', 'user=alice', 'configure=^a', 'write=.*', 'read=.*');
    assert.deepEqual(
      (await listed('permissions')).map(({ user, vhost, configure }) => [user, vhost, configure]),
      [
        ['root', '/', '.*'],
        ['alice', 'blue', '^a'],
        ['root', 'blue', '.*'],
      ],
    );

    assert.equal(await run('declare', 'exchange', 'name=x', 'type=topic'), 'exchange declared');
    assert.equal(
      await run('declare', 'queue', 'name=q', 'durable=true', 'arguments={"x-max-length":9}'),
      'queue declared',
    );
    assert.equal(await run('declare', 'binding', 'source=x', 'destination=q', 'routing_key=a.#'), 'binding declared');
    assert.equal(await run('publish', 'exchange=x', 'routing_key=a.b', 'payload=hello'), 'Message published');
    assert.match(await run('publish', 'exchange=x', 'routing_key=b', 'payload=lost'), /NOT routed/);
    assert.deepEqual(await listed('queues', 'name', 'messages'), [{ name: 'q', messages: 1 }]);
    const [message] = JSON.parse(await run('get', 'queue=q', 'ackmode=ack_requeue_false'));
    assert.deepEqual([message.payload, message.routing_key, message.exchange], ['hello', 'a.b', 'x']);

    assert.equal(
      await run('declare', 'policy', 'name=p', 'pattern=^q', 'definition={"max-length":5}', 'apply-to=queues'),
      'policy declared',
    );
    assert.deepEqual((await listed('policies'))[0]!['definition'], { 'max-length': 5 });
    await run('declare', 'vhost_limit', 'vhost=blue', 'name=max-queues', 'value=3');
    assert.deepEqual(await listed('vhost_limits'), [{ vhost: 'blue', value: { 'max-queues': 3 } }]);
    assert.equal((await listed('nodes')).length, 1);
    assert.equal(JSON.parse(await run('show', 'overview'))[0].object_totals.queues, 1);

    const file = join(await temporaryFolder(context), 'definitions.json');
    assert.match(await run('export', file), /Exported definitions/);
    const exported = JSON.parse(await readFile(file, 'utf8'));
    assert.deepEqual(
      exported.queues.map(({ name }: { name: string }) => name),
      ['q'],
    );
    assert.match(await run('import', file), /Uploaded definitions/);
    assert.equal(await run('purge', 'queue', 'name=q'), 'queue purged');
    const binding = ['source=x', 'destination=q', 'destination_type=queue', 'properties_key=a.%23'];
    assert.equal(await run('delete', 'binding', ...binding), 'binding deleted');
    assert.equal(await run('delete', 'queue', 'name=q'), 'queue deleted');
    assert.equal(await run('delete', 'exchange', 'name=x'), 'exchange deleted');
    assert.equal(await run('delete', 'policy', 'name=p'), 'policy deleted');
    assert.equal(await run('delete', 'vhost', 'name=blue'), 'vhost deleted');
    await assert.rejects(run('declare', 'exchange', 'name=y', 'type=odd'), /unknown exchange type/);
  } finally {
    await naru.close();
  }
});
