import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, open } from './client.js';

// biome-ignore lint/suspicious/noExplicitAny: a document of JSON
type Schema = any;

/** What of a value is not as its schema says; of schemas only what the document uses. */
function faults(value: unknown, schema: Schema, document: Schema, at: string): string[] {
  if (schema.$ref !== undefined) {
    return faults(value, document.components.schemas[schema.$ref.split('/').at(-1)], document, at);
  }
  if (schema.anyOf !== undefined) {
    const each: string[][] = schema.anyOf.map((one: Schema) => faults(value, one, document, at));
    return each.some((found) => found.length === 0) ? [] : each.flat();
  }
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const types: string[] = schema.type === undefined ? [] : [schema.type].flat();
  const fits = types.some((type) => type === kind || (type === 'integer' && Number.isInteger(value)));
  if (types.length > 0 && !fits) return [`${at} is ${kind}, and not ${types.join(' or ')}`];
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${at} is ${String(value)}`];
  if (kind === 'array' && schema.items !== undefined) {
    return (value as unknown[]).flatMap((one, index) => faults(one, schema.items, document, `${at}[${index}]`));
  }
  if (kind !== 'object' || schema.properties === undefined) return [];
  const fields = value as Record<string, unknown>;
  const missing = (schema.required as string[]).filter((name) => !Object.hasOwn(fields, name));
  const unknown = Object.keys(fields).filter((name) => !Object.hasOwn(schema.properties, name));
  return [
    ...missing.map((name) => `${at} lacks ${name}`),
    ...unknown.map((name) => `${at} has ${name}, which is not described`),
    ...Object.entries(fields)
      .filter(([name]) => Object.hasOwn(schema.properties, name))
      .flatMap(([name, one]) => faults(one, schema.properties[name], document, `${at}.${name}`)),
  ];
}

test('what own routes answer is as the document says', async (context) => {
  const { client } = await open(context, { kafka: true });
  const document = await client.read('/api/openapi.json');
  const check = (method: string, path: string, { status, body }: Answer): void => {
    const operation = document.paths[path][method];
    const answer = operation.responses[status];
    assert.ok(answer, `${method} ${path} answered ${status}: ${JSON.stringify(body)}`);
    if (body === undefined) return;
    const { schema } = answer.content['application/json'];
    assert.deepEqual(faults(body, schema, document, `${method} ${path}`), []);
  };
  check('put', '/api/topics/{topic}', await client.put('/api/topics/t', { partitions: 2 }));
  const messages = [{ key: 'k', value: 'v', headers: { h: 'x' } }, { value: { a: 1 } }];
  check('post', '/api/topics/{topic}/messages', await client.post('/api/topics/t/messages', { messages }));
  check('get', '/api/topics', await client.get('/api/topics'));
  check('get', '/api/topics', await client.get('/api/topics?page=1'));
  check('get', '/api/topics/{topic}', await client.get('/api/topics/t'));
  check('get', '/api/topics/{topic}/configs', await client.get('/api/topics/t/configs'));
  check('get', '/api/topics/{topic}/messages', await client.get('/api/topics/t/messages'));
  const reset = { topic: 't', to: 'latest' };
  check('post', '/api/groups/{group}/offsets', await client.post('/api/groups/g/offsets', reset));
  check('get', '/api/groups', await client.get('/api/groups'));
  check('get', '/api/groups/{group}', await client.get('/api/groups/g'));
  check('delete', '/api/groups/{group}', await client.delete('/api/groups/g'));
  check('delete', '/api/topics/{topic}/records', await client.delete('/api/topics/t/records'));
  await client.done(client.put('/api/queues/%2F/q', { arguments: { 'x-retention-ms': 1000 } }));
  const properties = { message_id: 'm', headers: { n: 1 } };
  const message = { routing_key: 'q', payload: 'x', payload_encoding: 'string', properties };
  await client.post('/api/exchanges/%2F/amq.default/publish', message);
  const queue = '/api/queues/{vhost}/{queue}';
  check('get', `${queue}/messages`, await client.get('/api/queues/%2F/q/messages'));
  check('post', `${queue}/rewind`, await client.post('/api/queues/%2F/q/rewind', { time: '1h' }));
  check('post', `${queue}/redrives`, await client.post('/api/queues/%2F/q/redrives', {}));
  check('get', `${queue}/redrives`, await client.get('/api/queues/%2F/q/redrives'));
  check('get', '/api/journal', await client.get('/api/journal'));
  check('get', '/api/alarms', await client.get('/api/alarms'));
  check('get', '/api/topics/{topic}', await client.get('/api/topics/none'));
});
