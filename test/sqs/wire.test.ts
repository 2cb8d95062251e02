import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { atHome, failureIn } from './home.js';

test('an error of the JSON protocol has a type, a message and the code of the older protocol in a header', () =>
  atHome(async (home) => {
    const response = await home.ask('GetQueueUrl', { QueueName: 'nowhere' });
    assert.equal(response.status, 400);
    assert.equal(response.headers.get('content-type'), 'application/x-amz-json-1.0');
    assert.equal(response.headers.get('x-amzn-query-error'), 'AWS.SimpleQueueService.NonExistentQueue;Sender');
    assert.match(response.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(await response.json(), {
      __type: 'com.amazonaws.sqs#QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    });
  }));

test('an error of the query protocol is XML with type, code and message', () =>
  atHome(async (home) => {
    const { status, text } = await home.query({ Action: 'GetQueueUrl', QueueName: 'nowhere' });
    assert.equal(status, 400);
    assert.match(
      text,
      /^<\?xml version="1.0"\?><ErrorResponse xmlns="http:\/\/queue.amazonaws.com\/doc\/2012-11-05\/">/,
    );
    assert.match(text, /<Type>Sender<\/Type><Code>AWS.SimpleQueueService.NonExistentQueue<\/Code>/);
    assert.match(text, /<Message>The specified queue does not exist for this wsdl version.<\/Message>/);
    assert.match(text, /<RequestId>[0-9a-f-]{36}<\/RequestId>/);
  }));

test('queue URLs begin with the host that the request was sent to', () =>
  atHome(async (home) => {
    const { port } = new URL(home.endpoint);
    const asked = await new Promise<string>((resolve, reject) => {
      const headers = {
        host: 'queues.example:1234',
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.CreateQueue',
      };
      const sent = request({ port, host: '127.0.0.1', method: 'POST', headers }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      });
      sent.on('error', reject);
      sent.end(JSON.stringify({ QueueName: 'orders' }));
    });
    assert.equal(JSON.parse(asked).QueueUrl, 'http://queues.example:1234/000000000000/orders');
    const { QueueUrl } = await home.json('GetQueueUrl', { QueueName: 'orders' });
    assert.equal(QueueUrl, `${home.endpoint}/000000000000/orders`);
  }));

test('queue URLs begin with what the options say when they say it', () =>
  atHome(
    async (home) => {
      assert.equal(await home.queue('orders'), 'https://sqs.example/000000000000/orders');
      await home.send('https://sqs.example/000000000000/orders', 'a');
    },
    { sqsUrl: 'https://sqs.example/' },
  ));

test('a queue is found by its URL whatever host that names, by its path, and not by its bare name', () =>
  atHome(async (home) => {
    await home.queue('orders');
    for (const url of [
      'http://elsewhere:1/000000000000/orders',
      '/000000000000/orders',
      'https://a.b/queue/x/orders',
    ]) {
      await home.send(url, 'a');
    }
    for (const url of ['orders', 'http://host', 'ftp://host/orders', 'http://host/000000000000/%E0%A4%A']) {
      const { name, status, code } = await home.failure('SendMessage', { QueueUrl: url, MessageBody: 'a' });
      assert.deepEqual([name, status, code], ['InvalidAddress', 404, 'InvalidAddress'], url);
    }
  }));

test('the query protocol is answered to POST at the root and to POST and GET at the queue URL', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const { pathname } = new URL(url);
    const sent = { Action: 'SendMessage', MessageBody: 'a' };
    assert.match((await home.query({ ...sent, QueueUrl: url })).text, /<SendMessageResult><MessageId>/);
    assert.match((await home.query(sent, pathname)).text, /<MD5OfMessageBody>0cc175b9c0f1b6a831c399e269772661</);
    assert.match((await home.query(sent, pathname, 'GET')).text, /<SendMessageResponse xmlns=/);
    assert.deepEqual(await home.counts(url), [3, 0, 0]);
    const { text } = await home.query({ Action: 'ReceiveMessage', MaxNumberOfMessages: '3' }, pathname, 'GET');
    assert.equal(text.match(/<Message><MessageId>/g)?.length, 3);
  }));

test('nothing received is told without a list, in both protocols', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    assert.deepEqual(await home.json('ReceiveMessage', { QueueUrl: url }), {});
    assert.deepEqual(await home.json('ListQueues', { QueueNamePrefix: 'x' }), {});
    assert.deepEqual(await home.json('ListQueueTags', { QueueUrl: url }), {});
    const { text } = await home.query({ Action: 'ReceiveMessage', QueueUrl: url });
    assert.match(text, /<ReceiveMessageResult(\/>|><\/ReceiveMessageResult>)/);
  }));

test('the query protocol numbers lists and maps, nested ones too, and an item on its own needs no number', () =>
  atHome(async (home) => {
    const made = await home.query({
      Action: 'CreateQueue',
      QueueName: 'orders',
      'Attribute.1.Name': 'VisibilityTimeout',
      'Attribute.1.Value': '7',
      'Attribute.2.Name': 'DelaySeconds',
      'Attribute.2.Value': '0',
      'Tag.1.Key': 'team',
      'Tag.1.Value': 'blue',
    });
    assert.match(made.text, /<QueueUrl>[^<]+\/000000000000\/orders<\/QueueUrl>/);
    const url = `${home.endpoint}/000000000000/orders`;
    await home.query({
      Action: 'SetQueueAttributes',
      QueueUrl: url,
      'Attribute.Name': 'VisibilityTimeout',
      'Attribute.Value': '8',
    });
    const told = await home.query({ Action: 'GetQueueAttributes', QueueUrl: url, AttributeName: 'VisibilityTimeout' });
    assert.match(told.text, /<Attribute><Name>VisibilityTimeout<\/Name><Value>8<\/Value><\/Attribute>/);
    assert.match((await home.query({ Action: 'ListQueueTags', QueueUrl: url })).text, /<Tag><Key>team<\/Key>/);
    const sent = await home.query({
      Action: 'SendMessageBatch',
      QueueUrl: url,
      'SendMessageBatchRequestEntry.1.Id': 'one',
      'SendMessageBatchRequestEntry.1.MessageBody': 'first',
      'SendMessageBatchRequestEntry.1.MessageAttribute.1.Name': 'n',
      'SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType': 'Number.int',
      'SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue': '42',
      'SendMessageBatchRequestEntry.2.Id': 'two',
      'SendMessageBatchRequestEntry.2.MessageBody': 'bad \u0001',
    });
    assert.match(sent.text, /<SendMessageBatchResultEntry><Id>one<\/Id>/);
    assert.match(sent.text, /<BatchResultErrorEntry><Id>two<\/Id><Code>InvalidMessageContents<\/Code>/);
    const got = await home.query({ Action: 'ReceiveMessage', QueueUrl: url, 'MessageAttributeName.1': 'All' });
    assert.match(
      got.text,
      /<MessageAttribute><Name>n<\/Name><Value><StringValue>42<\/StringValue><DataType>Number.int<\/DataType><\/Value>/,
    );
    const handle = /<ReceiptHandle>([^<]+)</.exec(got.text)![1]!;
    const changed = await home.query({
      Action: 'ChangeMessageVisibilityBatch',
      QueueUrl: url,
      'ChangeMessageVisibilityBatchRequestEntry.1.Id': 'a',
      'ChangeMessageVisibilityBatchRequestEntry.1.ReceiptHandle': handle,
      'ChangeMessageVisibilityBatchRequestEntry.1.VisibilityTimeout': '60',
    });
    assert.match(changed.text, /<ChangeMessageVisibilityBatchResultEntry><Id>a<\/Id>/);
    const gone = await home.query({
      Action: 'DeleteMessageBatch',
      QueueUrl: url,
      'DeleteMessageBatchRequestEntry.1.Id': 'a',
      'DeleteMessageBatchRequestEntry.1.ReceiptHandle': handle,
    });
    assert.match(gone.text, /<DeleteMessageBatchResultEntry><Id>a<\/Id>/);
    assert.deepEqual(await home.counts(url), [0, 0, 0]);
  }));

test('bodies full of markup, spaces, line ends and emoji come back from XML as they went in', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const body = '  <a href="x">&amp;&#13;</a>\r\n\t]]> \'"  \u{1F980}\uFFFD ';
    await home.query({ Action: 'SendMessage', QueueUrl: url, MessageBody: body });
    const { text } = await home.query({ Action: 'ReceiveMessage', QueueUrl: url, VisibilityTimeout: '0' });
    const shown = /<Body>([\s\S]*?)<\/Body>/.exec(text)![1]!;
    const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", '#xD': '\r' };
    assert.equal(
      shown.replace(/&([^;]+);/g, (_, name: string) => entities[name]!),
      body,
    );
    assert.ok(!shown.includes('<') && !shown.includes('\r'));
    assert.deepEqual(await home.bodies(url), [body]);
  }));

test('each error has its name in JSON, its code in XML and its status', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    await home.json('PurgeQueue', { QueueUrl: url });
    for (const [action, parameters, status, name, code] of [
      ['GetQueueUrl', { QueueName: 'x' }, 400, 'QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
      [
        'CreateQueue',
        { QueueName: 'orders', Attributes: { DelaySeconds: '9' } },
        400,
        'QueueNameExists',
        'QueueAlreadyExists',
      ],
      ['PurgeQueue', { QueueUrl: url }, 403, 'PurgeQueueInProgress', 'AWS.SimpleQueueService.PurgeQueueInProgress'],
      ['DeleteMessage', { QueueUrl: url, ReceiptHandle: 'x' }, 404, 'ReceiptHandleIsInvalid', 'ReceiptHandleIsInvalid'],
      ['SendMessage', { QueueUrl: url }, 400, 'MissingRequiredParameterException', 'MissingParameter'],
      [
        'SendMessage',
        { QueueUrl: url, MessageBody: 'a', DelaySeconds: 901 },
        400,
        'InvalidParameterValueException',
        'InvalidParameterValue',
      ],
      [
        'SendMessage',
        { QueueUrl: url, MessageBody: '\u0000' },
        400,
        'InvalidMessageContents',
        'InvalidMessageContents',
      ],
      [
        'SendMessageBatch',
        { QueueUrl: url, Entries: [] },
        400,
        'EmptyBatchRequest',
        'AWS.SimpleQueueService.EmptyBatchRequest',
      ],
      [
        'SetQueueAttributes',
        { QueueUrl: url, Attributes: { Nope: '1' } },
        400,
        'InvalidAttributeName',
        'InvalidAttributeName',
      ],
      [
        'SetQueueAttributes',
        { QueueUrl: url, Attributes: { DelaySeconds: 'x' } },
        400,
        'InvalidAttributeValue',
        'InvalidAttributeValue',
      ],
      [
        'ListMessageMoveTasks',
        { SourceArn: 'arn:aws:sqs:us-east-1:000000000000:x' },
        404,
        'ResourceNotFoundException',
        'ResourceNotFoundException',
      ],
      ['Dance', {}, 400, 'UnknownOperationException', 'InvalidAction'],
    ] as const) {
      const told = await home.failure(action, parameters);
      assert.deepEqual([told.status, told.name, told.code], [status, name, code], action);
      assert.ok(told.message.length > 10);
    }
    const xml = await home.query({ Action: 'PurgeQueue', QueueUrl: url });
    assert.equal(xml.status, 403);
    assert.match(xml.text, /<Code>AWS.SimpleQueueService.PurgeQueueInProgress<\/Code>/);
    const unnamed = await failureIn(await home.ask('', {}));
    assert.equal(unnamed.name, 'UnknownOperationException');
  }));
