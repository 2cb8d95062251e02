import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { atHome } from './home.js';

const sizeMax = 1_048_576;

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

test('a message may have 1,048,576 bytes with its attributes, and not one more', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    assert.equal((await home.attributes(url))['MaximumMessageSize'], String(sizeMax));
    await home.send(url, 'x'.repeat(sizeMax));
    const attributes = { MessageAttributes: { ab: { DataType: 'String', StringValue: 'cd' } } };
    await home.send(url, 'x'.repeat(sizeMax - 10), attributes);
    for (const [body, more] of [
      ['x'.repeat(sizeMax + 1), {}],
      ['x'.repeat(sizeMax - 9), attributes],
      ['é'.repeat(sizeMax / 2 + 1), {}],
    ] as const) {
      const { code, message } = await home.failure('SendMessage', { QueueUrl: url, MessageBody: body, ...more });
      assert.equal(code, 'InvalidParameterValue');
      assert.equal(message, 'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.');
    }
    assert.deepEqual(
      (await home.receive(url)).map(({ Body }) => Body.length),
      [sizeMax, sizeMax - 10],
    );
  }));

test('a queue may want its messages shorter', () =>
  atHome(async (home) => {
    const url = await home.queue('small', { MaximumMessageSize: '1024' });
    const { message } = await home.failure('SendMessage', { QueueUrl: url, MessageBody: 'x'.repeat(1025) });
    assert.match(message, /Message must be shorter than 1024 bytes\.$/);
    const { Successful, Failed } = await home.json('SendMessageBatch', {
      QueueUrl: url,
      Entries: [
        { Id: 'a', MessageBody: 'x'.repeat(1024) },
        { Id: 'b', MessageBody: 'x'.repeat(1024) },
        { Id: 'c', MessageBody: 'x'.repeat(1025) },
      ],
    });
    assert.deepEqual(
      Successful.map(({ Id }: { Id: string }) => Id),
      ['a', 'b'],
    );
    assert.deepEqual([Failed[0].Id, Failed[0].Code, Failed[0].SenderFault], ['c', 'InvalidParameterValue', true]);
  }));

test('MD5s of body and attributes are those that SDKs compare', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    // Digests as AWS answered them for these messages.
    const three = {
      Hello: { DataType: 'String', StringValue: 'There' },
      General: { DataType: 'String', StringValue: 'Kenobi' },
      'Help.Me': { DataType: 'String', StringValue: 'Me' },
    };
    const sent = await home.send(url, 'msg', { MessageAttributes: three });
    assert.equal(sent.MD5OfMessageBody, '6e2baaf3b97dbeef01c0043275f9a0e7');
    assert.equal(sent.MD5OfMessageAttributes, '4c360f3fdafd970e05fae2f149d997f5');
    const names = async (...MessageAttributeNames: string[]): Promise<string | undefined> => {
      const [message] = await home.receive(url, { MessageAttributeNames, VisibilityTimeout: 0 });
      assert.equal(message.MD5OfBody, '6e2baaf3b97dbeef01c0043275f9a0e7');
      return message.MD5OfMessageAttributes;
    };
    assert.equal(await names('All'), '4c360f3fdafd970e05fae2f149d997f5');
    assert.equal(await names('.*'), '4c360f3fdafd970e05fae2f149d997f5');
    assert.equal(await names('Hello', 'General'), 'fca026605781cb4126a1e9044df24232');
    assert.equal(await names('Hello', 'Foo'), 'a311262e065454b75da111d535b8dacd');
    assert.equal(await names('Hel.*'), '83fee93c1bcd8b9a5a923ffacdc636c7');
    assert.equal(await names('Foo'), undefined);
    assert.equal(await names(), undefined);
  }));

test('binary attributes and types of one’s own come back, and count in the MD5', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const bytes = Buffer.from('traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01');
    const sent = await home.send(url, 'test', {
      MessageAttributes: { attr1: { DataType: 'Binary', BinaryValue: bytes.toString('base64') } },
    });
    assert.equal(sent.MD5OfMessageAttributes, '8cbe4db156db8a94db8b801b7addb984');
    const custom = { 'Number.int': '42', 'String.custom': 'x', Number: '-1.5e3' };
    for (const [DataType, StringValue] of Object.entries(custom)) {
      const length = (text: string): Buffer => {
        const into = Buffer.alloc(4);
        into.writeUInt32BE(text.length);
        return into;
      };
      const hash = createHash('md5').update(length('n')).update('n').update(length(DataType)).update(DataType);
      const expected = hash
        .update(Buffer.from([1]))
        .update(length(StringValue))
        .update(StringValue)
        .digest('hex');
      const answer = await home.send(url, 'a', { MessageAttributes: { n: { DataType, StringValue } } });
      assert.equal(answer.MD5OfMessageAttributes, expected);
    }
    const got = await home.receive(url, { MessageAttributeNames: ['All'] });
    assert.deepEqual(got[0].MessageAttributes, {
      attr1: { DataType: 'Binary', BinaryValue: bytes.toString('base64') },
    });
    assert.deepEqual(
      got.slice(1).map(({ MessageAttributes: { n } }) => n.DataType),
      ['Number.int', 'String.custom', 'Number'],
    );
  }));

test('a trace header comes back as a system attribute', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
    const sent = await home.send(url, 'a', {
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: header } },
    });
    assert.match(sent.MD5OfMessageSystemAttributes, /^[0-9a-f]{32}$/);
    const [message] = await home.receive(url);
    assert.equal(message.Attributes.AWSTraceHeader, header);
    const { code } = await home.failure('SendMessage', {
      QueueUrl: url,
      MessageBody: 'a',
      MessageSystemAttributes: { Other: { DataType: 'String', StringValue: 'x' } },
    });
    assert.equal(code, 'InvalidParameterValue');
  }));

test('bodies hold every character that XML has, and no other', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const allowed = '\t\n\r \u007f\u0085\uD7FF\uE000\uFFFD\u{10000}\u{10FFFF}';
    const { MD5OfMessageBody } = await home.send(url, allowed);
    assert.equal(MD5OfMessageBody, md5(allowed));
    assert.deepEqual(await home.bodies(url), [allowed]);
    for (const bad of ['\u0000', '\u0008', '\u000b', '\u001f', '\uFFFE', '\uFFFF', '\uD800', '\uDC00x']) {
      const { name } = await home.failure('SendMessage', { QueueUrl: url, MessageBody: `a${bad}` });
      assert.equal(name, 'InvalidMessageContents', JSON.stringify(bad));
    }
    const empty = await home.failure('SendMessage', { QueueUrl: url, MessageBody: '' });
    assert.equal(empty.message, 'The request must contain the parameter MessageBody.');
  }));

test('what is wrong with an attribute is said', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const refused = async (MessageAttributes: object, code = 'InvalidParameterValue'): Promise<void> => {
      const told = await home.failure('SendMessage', { QueueUrl: url, MessageBody: 'a', MessageAttributes });
      assert.equal(told.code, code, JSON.stringify(MessageAttributes).slice(0, 100));
    };
    const text = { DataType: 'String', StringValue: 'x' };
    await refused(Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a${index}`, text])));
    for (const name of ['', 'a b', 'aws.x', 'Amazon.x', '.a', 'a.', 'a..b', 'ü', 'x'.repeat(257)]) {
      await refused({ [name]: text });
    }
    await refused({ a: { DataType: '', StringValue: 'x' } });
    await refused({ a: { StringValue: 'x' } });
    await refused({ a: { DataType: 'Float', StringValue: 'x' } });
    await refused({ a: { DataType: 'String' } });
    await refused({ a: { DataType: 'String', StringValue: '' } });
    await refused({ a: { DataType: 'String', StringValue: '\u0001' } });
    await refused({ a: { DataType: 'Binary', StringValue: 'x' } });
    await refused({ a: { DataType: 'Number', StringValue: 'x' } });
    for (const StringValue of ['0x10', '1e127', '-2e126', '1e-129', '1e999']) {
      await refused({ a: { DataType: 'Number', StringValue } });
    }
    await refused({ a: { DataType: 'String', StringListValues: ['x'] } });
    await refused({ a: { DataType: 'Binary', BinaryValue: '%' } }, 'MalformedInput');
    await refused({ a: { DataType: 'String', StringValue: 5 } }, 'MalformedInput');
    await refused({ a: 'x' }, 'MalformedInput');
    await refused([text], 'MalformedInput');
    for (const StringValue of ['1e126', '-1e-128', '0', '-0.0e5', '+.5', '0e-999']) {
      await home.send(url, 'a', { MessageAttributes: { a: { DataType: 'Number', StringValue } } });
    }
    const ten = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`a${index}`, text]));
    await home.send(url, 'a', { MessageAttributes: ten });
  }));

test('numbers have their bounds: how many, how long to wait, to hide, to delay and to keep', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const receiving = { QueueUrl: url };
    for (const [action, parameters, name, reason] of [
      [
        'ReceiveMessage',
        { ...receiving, MaxNumberOfMessages: 0 },
        'MaxNumberOfMessages',
        'Must be between 1 and 10, if provided.',
      ],
      [
        'ReceiveMessage',
        { ...receiving, MaxNumberOfMessages: 11 },
        'MaxNumberOfMessages',
        'Must be between 1 and 10, if provided.',
      ],
      [
        'ReceiveMessage',
        { ...receiving, WaitTimeSeconds: 21 },
        'WaitTimeSeconds',
        'Must be >= 0 and <= 20, if provided.',
      ],
      [
        'ReceiveMessage',
        { ...receiving, WaitTimeSeconds: -1 },
        'WaitTimeSeconds',
        'Must be >= 0 and <= 20, if provided.',
      ],
      [
        'ReceiveMessage',
        { ...receiving, VisibilityTimeout: 43_201 },
        'VisibilityTimeout',
        'Must be between 0 and 43200, if provided.',
      ],
      [
        'SendMessage',
        { ...receiving, MessageBody: 'a', DelaySeconds: 901 },
        'DelaySeconds',
        'DelaySeconds must be >= 0 and <= 900.',
      ],
      [
        'SendMessage',
        { ...receiving, MessageBody: 'a', DelaySeconds: 0.5 },
        'DelaySeconds',
        'DelaySeconds must be >= 0 and <= 900.',
      ],
    ] as const) {
      const { code, message } = await home.failure(action, parameters);
      assert.equal(code, 'InvalidParameterValue');
      const value = (parameters as Record<string, unknown>)[name];
      assert.equal(message, `Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);
    }
    for (const [name, least, most] of [
      ['DelaySeconds', 0, 900],
      ['MaximumMessageSize', 1024, sizeMax],
      ['MessageRetentionPeriod', 60, 1_209_600],
      ['ReceiveMessageWaitTimeSeconds', 0, 20],
      ['VisibilityTimeout', 0, 43_200],
      ['KmsDataKeyReusePeriodSeconds', 60, 86_400],
    ] as const) {
      for (const good of [most, least]) {
        await home.json('SetQueueAttributes', { QueueUrl: url, Attributes: { [name]: String(good) } });
      }
      for (const bad of [String(least - 1), String(most + 1), '', '1.5', 'x']) {
        const told = await home.failure('SetQueueAttributes', { QueueUrl: url, Attributes: { [name]: bad } });
        assert.equal(told.name, 'InvalidAttributeValue', `${name} ${bad}`);
        assert.equal(told.message, `Invalid value for the parameter ${name}.`);
      }
    }
  }));

test('receives tell the system attributes they were asked for, by the old name and the new', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const beforeMs = home.clock.now();
    await home.send(url, 'a');
    const asked = async (more: object): Promise<object> => {
      const { Messages } = await home.json('ReceiveMessage', { QueueUrl: url, VisibilityTimeout: 0, ...more });
      return Messages[0].Attributes;
    };
    assert.equal(await asked({}), undefined);
    assert.deepEqual(Object.keys(await asked({ AttributeNames: ['SenderId'] })), ['SenderId']);
    const all = (await asked({ MessageSystemAttributeNames: ['All'] })) as Record<string, string>;
    assert.deepEqual(Object.keys(all).sort(), [
      'ApproximateFirstReceiveTimestamp',
      'ApproximateReceiveCount',
      'SenderId',
      'SentTimestamp',
    ]);
    assert.equal(all['ApproximateReceiveCount'], '3');
    assert.ok(Number(all['SentTimestamp']) >= beforeMs);
    const { name, message } = await home.failure('ReceiveMessage', { QueueUrl: url, AttributeNames: ['Nope'] });
    assert.deepEqual([name, message], ['InvalidAttributeName', 'Unknown Attribute Nope.']);
  }));

test('senders wait where the broker has no room for a moment, and every message is taken', () =>
  atHome(
    async (home) => {
      const url = await home.queue('orders');
      const bodies = Array.from({ length: 40 }, (_, number) => `${number}|${'x'.repeat(200_000)}`);
      await Promise.all(bodies.map((body) => home.send(url, body)));
      const { ApproximateNumberOfMessages } = await home.attributes(url);
      assert.equal(ApproximateNumberOfMessages, String(bodies.length));
    },
    { journalGatherBytesMax: 64 * 1024, tailBytesMax: 1024 * 1024 },
  ));
