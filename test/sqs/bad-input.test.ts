import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { atHome, failureIn, type SqsHome } from './home.js';

async function raw(home: SqsHome, body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(home.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
}

async function form(home: SqsHome, body: string): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fetch(home.endpoint, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

/** It still does its work. */
async function works(home: SqsHome): Promise<void> {
  const url = await home.queue('works');
  await home.send(url, 'a');
  await home.json('PurgeQueue', { QueueUrl: url }).catch(() => {});
}

test('what is no JSON object is a SerializationException', () =>
  atHome(async (home) => {
    const bodies: (string | Buffer)[] = ['{', '[]', 'null', '7', '"a"', 'a=b', '{"QueueUrl":"\\x"}', '\u0000'];
    bodies.push(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), '['.repeat(100_000));
    for (const body of bodies) {
      const told = await failureIn(await raw(home, body));
      assert.deepEqual([told.status, told.name], [400, 'SerializationException'], String(body).slice(0, 20));
    }
    const deep = `{"QueueUrl":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`;
    assert.equal((await failureIn(await raw(home, deep))).name, 'SerializationException');
    assert.equal((await failureIn(await raw(home, ''))).code, 'MissingParameter');
    await works(home);
  }));

test('parameters of the wrong type are a SerializationException, and change nothing', () =>
  atHome(async (home) => {
    const QueueUrl = await home.queue('orders');
    const entries = [{ Id: 'a', MessageBody: 7 }];
    for (const [action, parameters] of [
      ['SendMessage', { QueueUrl: 7, MessageBody: 'a' }],
      ['SendMessage', { QueueUrl, MessageBody: 7 }],
      ['SendMessage', { QueueUrl, MessageBody: ['a'] }],
      ['SendMessage', { QueueUrl, MessageBody: 'a', DelaySeconds: {} }],
      ['SendMessage', { QueueUrl, MessageBody: 'a', DelaySeconds: 'soon' }],
      ['SendMessage', { QueueUrl, MessageBody: 'a', MessageGroupId: 7 }],
      ['SendMessage', { QueueUrl, MessageBody: 'a', MessageAttributes: 'x' }],
      ['SendMessage', { QueueUrl, MessageBody: 'a', MessageAttributes: { a: { DataType: 7 } } }],
      ['SendMessageBatch', { QueueUrl, Entries: 'x' }],
      ['SendMessageBatch', { QueueUrl, Entries: { a: 1 } }],
      ['SendMessageBatch', { QueueUrl, Entries: ['x'] }],
      ['SendMessageBatch', { QueueUrl, Entries: [null] }],
      ['SendMessageBatch', { QueueUrl, Entries: [{ Id: 7, MessageBody: 'a' }] }],
      ['SendMessageBatch', { QueueUrl, Entries: entries }],
      ['ReceiveMessage', { QueueUrl, MaxNumberOfMessages: true }],
      ['ReceiveMessage', { QueueUrl, AttributeNames: 'All' }],
      ['ReceiveMessage', { QueueUrl, AttributeNames: [7] }],
      ['DeleteMessage', { QueueUrl, ReceiptHandle: 7 }],
      ['CreateQueue', { QueueName: 'x', Attributes: [] }],
      ['CreateQueue', { QueueName: 'x', Attributes: { DelaySeconds: 7 } }],
      ['TagQueue', { QueueUrl, Tags: { a: 1 } }],
      ['UntagQueue', { QueueUrl, TagKeys: 'a' }],
    ] as const) {
      const told = await home.failure(action, parameters);
      assert.deepEqual([told.status, told.name], [400, 'SerializationException'], JSON.stringify(parameters));
    }
    assert.deepEqual(await home.counts(QueueUrl), [0, 0, 0]);
    assert.equal((await home.json('ListQueues')).QueueUrls.length, 1);
  }));

test('unknown actions, targets and methods are refused in the protocol they came by', () =>
  atHome(async (home) => {
    for (const target of ['AmazonSQS.Dance', 'AmazonSQS.', 'AmazonSQS.__proto__', 'Other.SendMessage', 'toString']) {
      const told = await failureIn(await raw(home, '{}', { 'x-amz-target': target }));
      assert.deepEqual([told.status, told.name], [400, 'UnknownOperationException'], target);
    }
    for (const Action of ['Dance', '', '__proto__', 'constructor']) {
      const { status, text } = await home.query({ Action });
      assert.equal(status, 400);
      assert.match(text, /<Code>InvalidAction<\/Code>/);
    }
    const sns = await home.query({ Action: 'Dance', Version: '2010-03-31' });
    assert.match(sns.text, /<ErrorResponse xmlns="http:\/\/sns.amazonaws.com.*<Code>InvalidAction<\/Code>/);
    for (const method of ['PUT', 'DELETE', 'HEAD', 'OPTIONS']) {
      assert.equal((await fetch(home.endpoint, { method })).status, 400, method);
    }
    await works(home);
  }));

test('what strangers name is quoted so that XML holds it', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const name = '<a>&"\u0001\u0000]]>';
    const { text } = await home.query({ Action: 'GetQueueAttributes', QueueUrl: url, 'AttributeName.1': name });
    assert.match(text, /<Message>Unknown Attribute &lt;a&gt;&amp;&quot;\uFFFD\uFFFD\]\]&gt;\.<\/Message>/);
    const unknown = await home.query({ Action: '<script>' });
    assert.ok(!unknown.text.includes('<script>'));
  }));

test('hostile forms are refused or do nothing: deep names, many fields, numbers that are none, prototypes', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const start = `Action=SendMessage&MessageBody=a&QueueUrl=${encodeURIComponent(url)}`;
    for (const bad of [
      `${'a.'.repeat(100_000)}b=1`,
      `${'.'.repeat(50)}=1`,
      Array.from({ length: 5000 }, (_, index) => `f${index}=1`).join('&'),
    ]) {
      const { status, text } = await form(home, `${start}&${bad}`);
      assert.equal(status, 404);
      assert.match(text, /<Code>MalformedQueryString<\/Code>/);
    }
    assert.deepEqual(await home.counts(url), [0, 0, 0]);
    for (const odd of [
      '__proto__.polluted=1',
      '__proto__=1',
      'constructor.prototype.polluted=1',
      'MessageAttribute.__proto__.Name=a&MessageAttribute.__proto__.Value.DataType=String',
      'MessageAttribute.1.Name=__proto__&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=x',
      'MessageAttribute.x.Name=',
      'MessageAttribute=1',
      'MessageAttribute.1=1',
      'a=1&a.b=2&a.b.c=3&a=4',
      '=&&&=1',
      '%E0%A4%A=1',
    ]) {
      const { status, text } = await form(home, `${start}&${odd}`);
      assert.ok(status === 200 || status === 400, `${odd}: ${status} ${text}`);
    }
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    await works(home);
  }));

test('a request that is too large is refused before it is all there', () =>
  atHome(async (home) => {
    const { port } = new URL(home.endpoint);
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    const ended = new Promise((resolve) => socket.once('close', resolve));
    const length = 1024 * 1024 * 1024;
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonSQS.SendMessage\r\nContent-Length: ${length}\r\n\r\n`,
    );
    const piece = Buffer.alloc(256 * 1024, 0x20);
    let written = 0;
    while (!socket.destroyed && written < 64 * 1024 * 1024) {
      written += piece.length;
      if (!socket.write(piece)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), ended]);
    }
    await ended;
    assert.ok(written < 32 * 1024 * 1024, `${written}`);
    if (answer !== '') assert.match(answer, /^HTTP\/1\.1 413 [\s\S]*RequestEntityTooLarge/);
    await works(home);
  }));

async function startSlow(home: SqsHome): Promise<Socket> {
  const { port } = new URL(home.endpoint);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonSQS.ListQueues\r\nContent-Length: 100\r\n\r\n{');
  return socket;
}

test('a body that does not come is not waited for longer than 30 seconds', () =>
  atHome(async (home) => {
    const socket = await startSlow(home);
    await works(home);
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    const ended = once(socket, 'close');
    await home.clock.pass(30_001);
    await ended;
    assert.match(answer, /^HTTP\/1\.1 408 [\s\S]*RequestTimeout/);
    await works(home);
  }));

test('a client that leaves in the middle of its body is forgotten', () =>
  atHome(async (home) => {
    const socket = await startSlow(home);
    socket.destroy();
    await works(home);
    await home.clock.pass(30_001);
    await works(home);
  }));

test('what is no HTTP is cut off', () =>
  atHome(async (home) => {
    const { port } = new URL(home.endpoint);
    for (const bytes of [
      '\u0000\u0001\u0002',
      'AMQP\u0000\u0000\u0009\u0001',
      'GET /\r\n\r\n',
      `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
    ]) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      const ended = new Promise((resolve) => socket.once('close', resolve));
      socket.end(bytes, 'latin1');
      await ended;
    }
    await works(home);
  }));

const actions = [
  'AddPermission',
  'CancelMessageMoveTask',
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
  'CreateQueue',
  'DeleteMessage',
  'DeleteMessageBatch',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'ListMessageMoveTasks',
  'ListQueues',
  'ListQueueTags',
  'PurgeQueue',
  'ReceiveMessage',
  'RemovePermission',
  'SendMessage',
  'SendMessageBatch',
  'SetQueueAttributes',
  'StartMessageMoveTask',
  'TagQueue',
  'UntagQueue',
];
const names = [
  ...['QueueUrl', 'QueueName', 'MessageBody', 'Entries', 'Attributes', 'AttributeNames', 'ReceiptHandle', 'Label'],
  ...['VisibilityTimeout', 'MaxNumberOfMessages', 'MessageAttributes', 'Tags', 'TagKeys', 'SourceArn', 'TaskHandle'],
  ...['MaxResults', 'NextToken', 'Actions', 'AWSAccountIds', 'MessageGroupId', 'DelaySeconds', 'tags'],
];

test('whatever is asked, the answer is good or a client’s error, and never the broker’s', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const value = fc.oneof(fc.jsonValue(), fc.constant(url), fc.string({ unit: 'binary' }), fc.integer());
    const parameters = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...actions), parameters, fc.boolean(), async (action, given, withUrl) => {
        const response = await home.ask(action, withUrl ? { ...given, QueueUrl: url } : given);
        const text = await response.text();
        assert.ok(response.status === 200 || (response.status >= 400 && response.status < 500), `${action} ${text}`);
      }),
      { numRuns: 400 },
    );
    const fields = fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...actions), fields, async (Action, given) => {
        const body = new URLSearchParams([['Action', Action], ['QueueUrl', url], ...given]);
        const response = await fetch(home.endpoint, { method: 'POST', body });
        assert.ok(response.status < 500, await response.text());
        await response.arrayBuffer().catch(() => {});
      }),
      { numRuns: 200 },
    );
    await works(home);
  }));
