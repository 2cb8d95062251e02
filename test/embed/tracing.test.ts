import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { connect, type GetMessage } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';
import { type NaruSettings, type RunningNaru, startNaru } from '../../src/embed.js';

/** A collector of OpenTelemetry that takes OTLP/HTTP in JSON, strictly: what it does not know it refuses. */
class Collector {
  readonly spans: CollectedSpan[] = [];
  readonly faults: string[] = [];
  headers: IncomingHttpHeaders = {};
  requests = 0;
  /** Statuses for the next requests, before it takes any. */
  readonly refusals: number[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      this.headers = request.headers;
      this.requests++;
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        const refusal = this.refusals.shift();
        if (refusal === undefined) this.take(`${request.method} ${request.url}`, body);
        response.writeHead(refusal ?? 200, { 'content-type': 'application/json' }).end('{}');
      });
    });
  }

  static async start(context: TestContext): Promise<Collector> {
    const collector = new Collector();
    await new Promise<void>((resolve) => collector.server.listen(0, '127.0.0.1', resolve));
    context.after(() => {
      collector.server.closeAllConnections();
      collector.server.close();
    });
    return collector;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  named(name: string): CollectedSpan {
    const found = this.spans.filter((span) => span.name === name);
    assert.equal(found.length, 1, `${name} among ${this.spans.map((span) => span.name).join(', ')}`);
    return found[0]!;
  }

  private take(asked: string, body: string): void {
    try {
      assert.equal(asked, 'POST /v1/traces');
      const sent = JSON.parse(body) as Sent;
      for (const { resource, scopeSpans } of sent.resourceSpans) {
        const about = attributesOf(resource.attributes);
        assert.equal(about['service.name'], 'ferry');
        assert.ok(String(about['service.instance.id']).length > 10);
        for (const { scope, spans } of scopeSpans) {
          assert.equal(scope.name, 'naru');
          for (const span of spans) this.spans.push(checked(span));
        }
      }
    } catch (error) {
      this.faults.push(String(error));
    }
  }
}

interface SentAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: SentAttribute[];
  readonly status: { readonly code?: number };
}

interface Sent {
  readonly resourceSpans: {
    readonly resource: { readonly attributes: SentAttribute[] };
    readonly scopeSpans: { readonly scope: { readonly name: string }; readonly spans: SentSpan[] }[];
  }[];
}

interface CollectedSpan extends Omit<SentSpan, 'attributes'> {
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** As opentelemetry-proto's JSON has it: ids in hex, times and 64-bit integers as text, one kind of value each. */
function checked(span: SentSpan): CollectedSpan {
  assert.match(span.traceId, /^[0-9a-f]{32}$/);
  assert.match(span.spanId, /^[0-9a-f]{16}$/);
  assert.match(span.parentSpanId, /^[0-9a-f]{16}$/);
  assert.ok(span.kind >= 1 && span.kind <= 5);
  assert.match(span.startTimeUnixNano, /^\d{19}$/);
  assert.match(span.endTimeUnixNano, /^\d{19}$/);
  assert.ok(BigInt(span.startTimeUnixNano) <= BigInt(span.endTimeUnixNano));
  return { ...span, attributes: attributesOf(span.attributes) };
}

function attributesOf(attributes: readonly SentAttribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [[kind, said] = [], ...more] = Object.entries(value);
      assert.deepEqual(more, []);
      assert.ok(['stringValue', 'intValue', 'boolValue', 'doubleValue'].includes(kind!), kind);
      if (kind === 'intValue') assert.equal(typeof said, 'string');
      return [key, said];
    }),
  );
}

let traces = 0;

/** A context as a client's own instrumentation makes it. */
function context32(flags = '01'): { readonly parent: string; readonly traceId: string; readonly spanId: string } {
  const traceId = `${'0af7651916cd43dd8448eb211c80319'}${(traces++ % 16).toString(16)}`;
  const spanId = 'b7ad6b7169203331';
  return { parent: `00-${traceId}-${spanId}-${flags}`, traceId, spanId };
}

async function traced(context: TestContext, collector: Collector, settings: NaruSettings = {}): Promise<RunningNaru> {
  const otlp = { otlpEndpoint: collector.endpoint, otlpServiceName: 'ferry', otlpEveryMs: 60_000 };
  const naru = await startNaru({ memory: true, ...otlp, ...settings });
  context.after(() => naru.close());
  return naru;
}

async function publishes(naru: RunningNaru, ...messages: [string, object][]): Promise<void> {
  const connection = await connect(naru.amqp.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('jobs');
  for (const [body, headers] of messages) channel.sendToQueue('jobs', Buffer.from(body), { headers, persistent: true });
  await channel.waitForConfirms();
  await connection.close();
}

test('a message over AMQP is published, delivered, given back, delivered and acknowledged in the trace it names', async (context) => {
  const collector = await Collector.start(context);
  const naru = await traced(context, collector);
  const { parent, traceId, spanId } = context32();
  await publishes(naru, ['untraced', {}], ['traced', { traceparent: parent }], ['also untraced', { other: 'x' }]);
  const connection = await connect(naru.amqp.url);
  const channel = await connection.createChannel();
  await channel.get('jobs', { noAck: true });
  channel.nack((await channel.get('jobs')) as GetMessage);
  const again = (await channel.get('jobs')) as GetMessage;
  assert.equal(again.content.toString(), 'traced');
  channel.ack(again);
  // amqplib may send the end of the connection before what its channels have.
  await channel.close();
  await connection.close();
  await naru.close();

  assert.deepEqual(collector.faults, []);
  const names = collector.spans.map(({ name }) => name).sort();
  assert.deepEqual(names, ['ack jobs', 'deliver jobs', 'deliver jobs', 'publish jobs', 'requeue jobs']);
  for (const span of collector.spans) {
    assert.equal(span.traceId, traceId);
    assert.equal(span.attributes['messaging.system'], 'naru');
    assert.equal(span.attributes['messaging.destination.name'], 'jobs');
    assert.equal(span.attributes['naru.message.offset'], '1');
  }
  const published = collector.named('publish jobs');
  assert.equal(published.parentSpanId, spanId);
  assert.equal(published.attributes['messaging.operation.type'], 'send');
  assert.deepEqual(published.status, {});
  const settled = collector.named('ack jobs');
  assert.equal(settled.attributes['messaging.operation.type'], 'settle');
  const deliveries = collector.spans.filter(({ name }) => name === 'deliver jobs');
  assert.ok(deliveries.some((delivery) => delivery.spanId === settled.parentSpanId));
});

test('records that kafkajs sends are followed into the fetches that bring them', async (context) => {
  const collector = await Collector.start(context);
  const naru = await traced(context, collector);
  const kafka = new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  const { parent, traceId, spanId } = context32();
  const messages = [
    // What stands in a body is nobody's context.
    { value: `{"traceparent":"${context32().parent}"}` },
    { value: 'traced', headers: { traceparent: parent } },
  ];
  await producer.send({ topic: 'orders', messages });
  await producer.disconnect();
  const consumer = kafka.consumer({ groupId: 'g' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'orders', fromBeginning: true });
  await new Promise<void>((resolve) => {
    consumer.run({ eachMessage: async ({ message }) => (message.offset === '1' ? resolve() : undefined) });
  });
  await consumer.disconnect();
  await naru.close();

  assert.deepEqual(collector.faults, []);
  const sent = collector.named('send orders');
  assert.equal(sent.traceId, traceId);
  assert.equal(sent.parentSpanId, spanId);
  assert.equal(sent.attributes['messaging.destination.partition.id'], '0');
  assert.ok(collector.spans.some(({ name }) => name === 'receive orders'));
  assert.ok(collector.spans.every((span) => span.traceId === traceId));
});

test('a message of SQS is followed until it is deleted', async (context) => {
  const collector = await Collector.start(context);
  const naru = await traced(context, collector);
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const sqs = new SQSClient({ endpoint: naru.sqs.endpoint, region: 'us-east-1', credentials });
  context.after(() => sqs.destroy());
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'mail' }));
  const { parent, traceId } = context32();
  const MessageAttributes = { traceparent: { DataType: 'String', StringValue: parent } };
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageAttributes }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages![0]!.ReceiptHandle }));
  await naru.close();
  assert.deepEqual(collector.faults, []);
  for (const name of ['publish mail', 'deliver mail', 'ack mail']) assert.equal(collector.named(name).traceId, traceId);
});

test('traces that are not sampled, or that nobody follows, leave nothing', async (context) => {
  const collector = await Collector.start(context);
  const naru = await traced(context, collector, { otlpSampleOneIn: 1_000_000 });
  const unsampled = context32('00');
  // The last digits of this id are as high as they can be: of all traces it is the last to be followed.
  const high = `00-${'a'.repeat(25)}fffffff-b7ad6b7169203331-01`;
  const low = `00-${'a'.repeat(25)}0000000-b7ad6b7169203331-01`;
  const wrong = ['', '00-abc', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, `ff-${'a'.repeat(32)}-b7ad6b7169203331-01`];
  const all = [unsampled.parent, high, low, ...wrong];
  await publishes(naru, ...all.map((traceparent): [string, object] => ['x', { traceparent }]));
  await naru.close();
  assert.deepEqual(collector.faults, []);
  assert.deepEqual(
    collector.spans.map(({ traceId }) => traceId),
    [`${'a'.repeat(25)}0000000`],
  );
});

test('spans go out many at a time, with the headers of the file, and again when the collector asks for it', async (context) => {
  const collector = await Collector.start(context);
  collector.refusals.push(503);
  const folder = mkdtempSync(join(tmpdir(), 'naru-otlp-'));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'headers'), 'authorization: Bearer s3cret\n\nx-tenant: ferry\n');
  const naru = await traced(context, collector, { otlpHeadersFile: join(folder, 'headers'), otlpEveryMs: 10 });
  const messages = Array.from({ length: 700 }, (): [string, object] => ['x', { traceparent: context32().parent }]);
  await publishes(naru, ...messages);
  await naru.close();
  assert.deepEqual(collector.faults, []);
  assert.equal(collector.spans.length, 700);
  assert.ok(collector.requests < 20, `${collector.requests} requests`);
  assert.equal(collector.headers['authorization'], 'Bearer s3cret');
  assert.equal(collector.headers['x-tenant'], 'ferry');
});

test('a collector that is not there holds up nothing, and what was dropped is told', async (context) => {
  const warnings: object[] = [];
  const silent = (): void => {};
  const log = { debug: silent, info: silent, warn: (fields: object) => warnings.push(fields), error: silent };
  const naru = await startNaru({ memory: true, otlpEndpoint: 'http://127.0.0.1:1', log });
  context.after(() => naru.close());
  await publishes(naru, ['x', { traceparent: context32().parent }]);
  const beganMs = performance.now();
  await naru.close();
  assert.ok(performance.now() - beganMs < 10_000);
  assert.equal((warnings as { spans?: number }[]).find(({ spans }) => spans !== undefined)?.spans, 1);
});

test('an endpoint that is no address is refused', async () => {
  await assert.rejects(startNaru({ memory: true, otlpEndpoint: 'collector' }), /otlp-endpoint/);
});
