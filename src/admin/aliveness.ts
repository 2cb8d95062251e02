import { contentKind } from '../broker/queue/message.js';
import { MessageRun } from '../broker/queue/message-run.js';
import { published } from '../broker/queue/queues.js';
import { Runs } from '../broker/queue/runs.js';
import { noHeaders } from '../broker/routing/headers.js';
import type { Api } from './api.js';
import { HttpError } from './http-error.js';

/** The queue that the test is made with; it stays, as RabbitMQ's does. */
const queueName = 'aliveness-test';

/** Declares, publishes, takes and acknowledges: what a monitor asks to see that messages get through. */
export function alivenessRoutes(api: Api): void {
  const run = new MessageRun();
  const runs = new Runs();
  api.get('/api/aliveness-test/:vhost', 'management', (call) => {
    const vhost = call.vhost();
    const { definedQueues, queues, storage } = call.broker;
    for (const kind of ['configure', 'write', 'read'] as const) call.demandPermission(vhost.name, kind, queueName);
    const definition = { vhost: vhost.name, name: queueName, durable: false, autoDelete: false, arguments: noHeaders };
    const fault = definedQueues.declare(definition);
    const queue = definedQueues.find(vhost.name, queueName);
    if (queue === undefined) throw failed(fault ?? 'the queue is gone');
    const body = Buffer.from('test_message');
    run.begin(Buffer.alloc(0), Buffer.from(queueName), contentKind.none, storage.clock.now());
    run.add(Buffer.alloc(0), 0, 0, body, 0, body.length);
    if (queues.publish([queue.log.id], run, 0, false) !== published.taken) throw failed('the queue did not take it');
    const holder = queues.nextHolder();
    runs.clear();
    if (queue.acquire(holder, 1, Number.POSITIVE_INFINITY, runs) !== 1) throw failed('the queue did not hand it out');
    if (queue.ack(holder, runs.from[0]!, runs.to[0]!) !== 1) throw failed('the queue did not let it go');
    return { status: 'ok' };
  });
}

function failed(reason: string): HttpError {
  return new HttpError(503, 'service_unavailable', reason);
}
