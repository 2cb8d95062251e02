import type { MoveTask } from '../../broker/queue/moves.js';
import type { Queue } from '../../broker/queue/queue.js';
import { type RewindPoint, rewind, rewindable, rewindFrom } from '../../broker/queue/rewinding.js';
import { queueKey, queuePlace } from '../../broker/queue-key.js';
import type { JsonObject, JsonValue } from '../../lib/json.js';
import { Slices } from '../../lib/slices.js';
import type { Api, Call } from '../api.js';
import { badRequest, conflict, notFound } from '../http-error.js';
import { momentOf } from '../moment.js';
import { queueIn, refuseForeign } from '../queues.js';

const perSecondMax = 1_000_000;

/** What was worked off, or died, is to be worked off again. */
export function workingAgainRoutes(api: Api): void {
  const queue = '/api/queues/:vhost/:queue';
  api.post(`${queue}/rewind`, 'management', rewindQueue);
  api.get(`${queue}/redrives`, 'management', (call) => call.broker.moves.of(queueIn(call, call.vhost())).map(taskTold));
  api.post(`${queue}/redrives`, 'management', redrive);
  api.delete(`${queue}/redrives/:id`, 'management', (call) => {
    const { source } = sourceIn(call);
    const { moves } = call.broker;
    const task = moves.of(source).find(({ id }) => id === call.param('id'));
    if (task === undefined) throw notFound(`there is no redrive ${call.param('id')}`);
    if (task.status !== 'RUNNING') throw conflict(`the redrive is ${task.status.toLowerCase()}`);
    moves.cancel(source, task);
    return taskTold(task);
  });
}

/** To give messages back is to read them there, and to write them where they go. */
function sourceIn(call: Call): { readonly source: Queue; readonly vhost: string; readonly name: string } {
  const { name: vhost } = call.vhost();
  const source = queueIn(call, call.vhost());
  const { name } = queuePlace(source.name);
  call.demandPermission(vhost, 'read', name);
  refuseForeign(source, name);
  return { source, vhost, name };
}

async function rewindQueue(call: Call): Promise<JsonValue> {
  const { source: queue, vhost, name } = sourceIn(call);
  call.demandPermission(vhost, 'write', name);
  const { body, broker } = call;
  const { clock } = broker.storage;
  if (queue.settings.retentionMs === 0) {
    throw badRequest(
      `queue '${name}' keeps nothing that is done: declare it with x-retention-ms, or set retention-ms by policy`,
    );
  }
  const point = pointIn(call, clock.now());
  const from = await rewindFrom(queue, point, clock.now());
  const found = rewindable(queue, from);
  const room = Math.max(0, queue.settings.lengthMax - queue.ready);
  if (found > room)
    throw badRequest(`queue '${name}' has room for ${room} messages more, and ${found} would come back`);
  const dryRun = body.flag('dry_run', false);
  const count = dryRun ? found : await rewind(queue, from, new Slices(clock));
  return { vhost, queue: name, dry_run: dryRun, offset: from, messages: count, kept_from: queue.log.startOffset };
}

function pointIn({ body }: Call, nowMs: number): RewindPoint {
  if (body.has('offset') === body.has('time')) throw badRequest('say either a time or an offset');
  if (body.has('offset')) return { kind: 'offset', offset: Math.max(0, body.whole('offset')) };
  const timeMs = momentOf(body.get('time')!, nowMs);
  const by = body.text('by', 'done');
  if (by !== 'done' && by !== 'arrival') throw badRequest('by is done or arrival');
  return { kind: by === 'done' ? 'done-since' : 'arrived-since', timeMs };
}

function redrive(call: Call): JsonValue {
  const { source, vhost, name } = sourceIn(call);
  const { body, broker } = call;
  const perSecond = body.has('rate') ? body.whole('rate') : null;
  if (perSecond !== null && (perSecond < 1 || perSecond > perSecondMax))
    throw badRequest(`rate is from 1 to ${perSecondMax}`);
  const count = body.has('count') ? body.whole('count') : null;
  if (count !== null && count < 1) throw badRequest('count is 1 or more');
  let destination: string | null = null;
  if (body.has('destination')) {
    const to = body.text('destination');
    destination = queueKey(vhost, to);
    if (broker.queues.get(destination) === undefined) throw badRequest(`no queue '${to}' in vhost '${vhost}'`);
    if (destination === source.name) throw badRequest('messages cannot be moved to where they are');
    call.demandPermission(vhost, 'write', to);
  } else call.demandPermission(vhost, 'write', '');
  if (broker.moves.isRunning(source)) throw conflict(`messages of queue '${name}' are being moved already`);
  const wish = { destination, perSecond, ...(count === null ? {} : { count }) };
  const task = broker.moves.start(source, wish);
  call.status(201);
  return taskTold(task);
}

const failures = {
  'no-source': 'a message does not say where it died: name a destination',
  'no-destination': 'the queue that a message is to go to is not there',
  'no-room': 'the queue that a message is to go to turns it away',
  internal: 'a message could not be moved; the log says why',
} as const;

function taskTold(task: MoveTask): JsonObject {
  return {
    id: task.id,
    status: task.status.toLowerCase(),
    destination: task.destination === null ? null : queuePlace(task.destination).name,
    rate: task.perSecond,
    started_ms: task.startedMs,
    messages: task.toMove,
    moved: task.moved,
    failure: task.failure === null ? null : failures[task.failure],
  };
}
