import type { MoveFailureReason, MoveTask } from '../../../broker/queue/moves.js';
import type { Queue } from '../../../broker/queue/queue.js';
import { queuePlace } from '../../../broker/queue-key.js';
import type { Call } from '../call.js';
import { errorKinds, invalid, SqsError } from '../errors.js';
import { attributesOf, nameInArn, redriveOf } from '../queue-attributes.js';

const perSecondMax = 500;

function resource(call: Call, parameter: string, arn: string, kind: 'read' | 'write'): Queue {
  const queue = call.queueOfArn(arn);
  if (queue === null) throw notFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);
  call.may(kind, nameInArn(arn));
  return queue;
}

function notFound(why: string): SqsError {
  return new SqsError(errorKinds.resourceNotFound, why);
}

function isDeadLetterQueue(call: Call, queue: Queue): boolean {
  const { name } = queuePlace(queue.name);
  for (const other of call.context.broker.queues.all()) {
    const redrive = attributesOf(other).get('RedrivePolicy') ?? '';
    if (redrive !== '' && redriveOf(redrive).target === name) return true;
  }
  return false;
}

export async function startMessageMoveTask(call: Call): Promise<object> {
  const sourceArn = call.text('SourceArn');
  const source = resource(call, 'SourceArn', sourceArn, 'read');
  if (!isDeadLetterQueue(call, source)) throw invalid('Source queue must be configured as a Dead Letter Queue.');
  const destinationArn = call.optionalText('DestinationArn');
  const destination = destinationArn === null ? null : resource(call, 'DestinationArn', destinationArn, 'write');
  if (destination === source) throw invalid('Source queue arn and destination queue arn cannot be the same.');
  const perSecond = call.number('MaxNumberOfMessagesPerSecond', 1, perSecondMax);
  const { moves, broker } = call.context;
  if (moves.isRunning(source)) {
    throw invalid(
      'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    );
  }
  const task = moves.start(source, { destination: destination?.name ?? null, perSecond });
  await broker.storage.durable();
  return { TaskHandle: handleOf(task, sourceArn) };
}

function handleOf({ id }: MoveTask, sourceArn: string): string {
  return Buffer.from(JSON.stringify({ taskId: id, sourceArn })).toString('base64');
}

interface Handle {
  readonly taskId: string;
  readonly sourceArn: string;
}

function handleIn(text: string): Handle {
  try {
    const { taskId, sourceArn } = JSON.parse(Buffer.from(text, 'base64').toString()) as Partial<Handle>;
    if (typeof taskId === 'string' && typeof sourceArn === 'string') return { taskId, sourceArn };
  } catch {
    // Not one of ours.
  }
  throw invalid('Value for parameter TaskHandle is invalid.');
}

export async function cancelMessageMoveTask(call: Call): Promise<object> {
  const { taskId, sourceArn } = handleIn(call.text('TaskHandle'));
  const source = resource(call, 'SourceArn', sourceArn, 'read');
  const { moves, broker } = call.context;
  const task = moves.of(source).find(({ id }) => id === taskId);
  if (task === undefined) throw notFound('Task does not exist.');
  if (task.status !== 'RUNNING') {
    throw new SqsError(errorKinds.unsupportedOperation, 'Only active tasks can be cancelled.');
  }
  moves.cancel(source, task);
  await broker.storage.durable();
  return { ApproximateNumberOfMessagesMoved: task.moved };
}

export function listMessageMoveTasks(call: Call): object {
  const sourceArn = call.text('SourceArn');
  const source = resource(call, 'SourceArn', sourceArn, 'read');
  const most = call.number('MaxResults', 1, 10) ?? 1;
  const tasks = call.context.moves.of(source).slice(0, most);
  return { Results: tasks.map((task) => shown(call, task, sourceArn)) };
}

/** As SQS calls them. */
const failures: Readonly<Record<MoveFailureReason, string>> = {
  'no-source': 'CouldNotDetermineMessageSource',
  'no-destination': 'AWS.SimpleQueueService.NonExistentQueue',
  'no-room': 'InternalError',
  internal: 'InternalError',
};

function shown(call: Call, task: MoveTask, sourceArn: string): object {
  const { destination } = task;
  return {
    ...(task.status === 'RUNNING' ? { TaskHandle: handleOf(task, sourceArn) } : {}),
    Status: task.status,
    SourceArn: sourceArn,
    ...(destination === null ? {} : { DestinationArn: call.arnOf(queuePlace(destination).name) }),
    ...(task.perSecond === null ? {} : { MaxNumberOfMessagesPerSecond: task.perSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failure === null ? {} : { FailureReason: failures[task.failure] }),
    StartedTimestamp: task.startedMs,
  };
}
