import type { Queue } from '../../../broker/queue/queue.js';
import { queuePlace } from '../../../broker/queue-key.js';
import type { Call } from '../call.js';
import { errorKinds, invalid, SqsError } from '../errors.js';
import type { MoveTask } from '../move-tasks.js';
import { attributesOf, nameInArn, redriveOf } from '../queue-attributes.js';

function resource(call: Call, arn: string, kind: 'read' | 'write'): Queue {
  call.may(kind, nameInArn(arn));
  const queue = call.queueOfArn(arn);
  if (queue === null) {
    throw new SqsError(
      errorKinds.resourceNotFound,
      "The resource that you specified for the SourceArn parameter doesn't exist.",
    );
  }
  return queue;
}

function isDeadLetterQueue(call: Call, queue: Queue): boolean {
  const { name } = queuePlace(queue.name);
  for (const other of call.context.broker.queues.all()) {
    const redrive = attributesOf(other).get('RedrivePolicy') ?? '';
    if (redrive !== '' && redriveOf(redrive).target === name) return true;
  }
  return false;
}

export function startMessageMoveTask(call: Call): object {
  const sourceArn = call.text('SourceArn');
  const source = resource(call, sourceArn, 'read');
  if (!isDeadLetterQueue(call, source)) throw invalid('Source queue must be configured as a Dead Letter Queue.');
  const destinationArn = call.optionalText('DestinationArn');
  const destination = destinationArn === null ? null : resource(call, destinationArn, 'write');
  if (destination === source) throw invalid('Source queue arn and destination queue arn cannot be the same.');
  const perSecond = call.number('MaxNumberOfMessagesPerSecond', 1, 500);
  const { moves } = call.context;
  if (moves.running(source)) {
    throw new SqsError(
      errorKinds.unsupportedOperation,
      'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    );
  }
  return { TaskHandle: moves.start(source, sourceArn, destination, destinationArn, perSecond).handle };
}

export function cancelMessageMoveTask(call: Call): object {
  const handle = call.text('TaskHandle');
  const task = call.context.moves.find(handle);
  if (task === null)
    throw new SqsError(
      errorKinds.resourceNotFound,
      "The resource that you specified for the TaskHandle parameter doesn't exist.",
    );
  if (task.status !== 'RUNNING') {
    throw new SqsError(errorKinds.unsupportedOperation, 'Only active tasks can be cancelled.');
  }
  task.status = 'CANCELLING';
  return { ApproximateNumberOfMessagesMoved: task.moved };
}

export function listMessageMoveTasks(call: Call): object {
  const source = resource(call, call.text('SourceArn'), 'read');
  const most = call.number('MaxResults', 1, 10) ?? 1;
  return { Results: call.context.moves.of(source).slice(0, most).map(shown) };
}

function shown(task: MoveTask): object {
  return {
    ...(task.status === 'RUNNING' ? { TaskHandle: task.handle } : {}),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn === null ? {} : { DestinationArn: task.destinationArn }),
    ...(task.perSecond === null ? {} : { MaxNumberOfMessagesPerSecond: task.perSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failure === null ? {} : { FailureReason: task.failure }),
    StartedTimestamp: task.startedMs,
  };
}
