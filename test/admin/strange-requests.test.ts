import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SeededRandom } from '../../src/lib/random.js';
import { open } from './client.js';

const document = fileURLToPath(new URL('../../../docs/management-api.md', import.meta.url));

/** Every route with its methods, as documented. */
function routes(): [string, string][] {
  const rows = readFileSync(document, 'utf8').matchAll(/^\| `(\/api\/[^`]+)` \| ([A-Z ]+) \|/gm);
  return [...rows].flatMap(([, path, methods]) =>
    methods!.split(' ').map((method): [string, string] => [method, path!]),
  );
}

/** What stands for the parts of a path: things that are there, that are not, and that make no sense. */
const parts: Readonly<Record<string, readonly string[]>> = {
  vhost: ['%2F', 'blue', 'none', '%00'],
  exchange: ['amq.direct', 'amq.default', 'none', '%00'],
  source: ['amq.topic', 'amq.default', 'none'],
  queue: ['q', 'none', '__proto__'],
  destination: ['q', 'amq.fanout', 'constructor'],
  kind: ['q', 'e', 'x'],
  user: ['guest', '..%2F'],
  name: ['toString', '%F0%9F%9A%A2', 'x'],
};
const someParts: readonly string[] = ['x', '__proto__', '%2F', '-1', 'max-queues', 'max-connections', '1'];

const bodies: readonly string[] = [
  '',
  '{',
  'null',
  '[]',
  '7',
  '"text"',
  '{"value":[],"tags":{},"type":5,"durable":1,"arguments":[1],"routing_key":null,"definition":7,"pattern":{}}',
  '{"value":1e400,"tags":[null],"arguments":{"__proto__":1,"x-max-length":1e400},"definition":{"__proto__":1},"pattern":"("}',
  '{"pattern":".*","definition":{"max-length":1},"value":{"__proto__":{"a":1}},"configure":"","write":"","read":""}',
  '{"users":[{"name":"__proto__","tags":"administrator"}],"vhosts":[{}],"queues":[null],"bindings":7}',
  '{"count":1,"ackmode":"ack_requeue_true","payload":"x","payload_encoding":"base64","routing_key":"q","properties":{"headers":{"CC":7}}}',
  '{"routing_key":"q","payload":"x","payload_encoding":"string","properties":{"headers":{"CC":[7],"x-delay":-1},"timestamp":-1}}',
  `{"arguments":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`,
];

test('whatever is sent to whichever route, it is answered, and nothing fails inside', async (context) => {
  const { client } = await open(context);
  const random = new SeededRandom(11);
  await client.done(client.put('/api/vhosts/blue'));
  for (const [method, route] of routes()) {
    // Definitions with users would close the broker to the rest of the test.
    const tried = method === 'GET' ? ['', '', ''] : bodies.filter((body) => !body.includes('administrator'));
    for (const body of tried) {
      const path = route.replaceAll(/:(\w+)/g, (_, name: string) => random.pick(parts[name] ?? someParts));
      const query = random.pick(['', '', '?page=1&sort=__proto__', '?columns=a.b.c,name', '?if-unused=true&page=0']);
      const sent = method === 'GET' || body === '' ? undefined : body;
      const answer = await client.ask(method, path + query, sent);
      assert.ok(
        answer.status < 500 || answer.status === 503,
        `${method} ${path}${query} ${body.slice(0, 100)}: ${JSON.stringify(answer)}`,
      );
      if (answer.status >= 400) assert.equal(typeof answer.body.reason, 'string', `${method} ${path}`);
    }
  }
  assert.equal((await client.get('/api/whoami')).status, 200);
  assert.deepEqual(await client.read('/api/aliveness-test/%2F'), { status: 'ok' });
});

test('definitions that make no sense change nobody’s right to ask', async (context) => {
  const { client } = await open(context);
  for (const body of bodies) assert.ok((await client.post('/api/definitions', body)).status < 500, body);
  assert.equal((await client.get('/api/whoami')).status, 200);
});

test('a slash at the end of a path changes nothing', async (context) => {
  const { client } = await open(context);
  for (const path of ['/api/connections', '/api/queues/%2F', '/api/exchanges/%2F/amq.topic']) {
    const [plain, slashed] = [await client.get(path), await client.get(`${path}/`)];
    assert.deepEqual([slashed.status, slashed.body], [200, plain.body], path);
  }
});
