import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, arnOf, atHome, type SqsHome } from './home.js';

interface Queues {
  readonly dead: string;
  readonly orders: string;
}

async function withDead(home: SqsHome, count: number): Promise<Queues> {
  const dead = await home.queue('dead');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(dead), maxReceiveCount: 1 });
  const orders = await home.queue('orders', { RedrivePolicy });
  for (let index = 0; index < count; index++) await home.send(orders, `m${index}`);
  for (let taken = 0; taken < count; taken += 10) await home.receive(orders, { VisibilityTimeout: 1 });
  await home.clock.pass(1001);
  await home.until(
    () => home.counts(dead),
    ([visible]) => visible === count,
  );
  return { dead, orders };
}

function tasks(home: SqsHome, dead: string, MaxResults = 10): Promise<Answer[]> {
  return home.json('ListMessageMoveTasks', { SourceArn: arnOf(dead), MaxResults }).then(({ Results }) => Results);
}

function ended(home: SqsHome, dead: string): Promise<Answer[]> {
  return home.until(
    () => tasks(home, dead),
    ([task]) => task.Status !== 'RUNNING' && task.Status !== 'CANCELLING',
  );
}

test('dead letters go back to where they died, as new messages', () =>
  atHome(async (home) => {
    const { dead, orders } = await withDead(home, 12);
    const [before] = await home.receive(dead, { MaxNumberOfMessages: 1, VisibilityTimeout: 0 });
    const { TaskHandle } = await home.json('StartMessageMoveTask', { SourceArn: arnOf(dead) });
    assert.ok(TaskHandle.length > 20);
    const [task] = await ended(home, dead);
    const { StartedTimestamp, ...told } = task;
    assert.ok(Math.abs(StartedTimestamp - home.clock.now()) < 5000);
    assert.deepEqual(told, {
      Status: 'COMPLETED',
      SourceArn: arnOf(dead),
      ApproximateNumberOfMessagesMoved: 12,
      ApproximateNumberOfMessagesToMove: 12,
    });
    assert.deepEqual(
      [await home.counts(dead), await home.counts(orders)],
      [
        [0, 0, 0],
        [12, 0, 0],
      ],
    );
    const [after] = await home.receive(orders);
    assert.equal(after.Body, before.Body);
    assert.notEqual(after.MessageId, before.MessageId);
    assert.equal(after.Attributes.ApproximateReceiveCount, '1');
    assert.equal(after.Attributes.DeadLetterQueueSourceArn, undefined);
  }));

test('they go where the task says, also messages that never died', () =>
  atHome(async (home) => {
    const { dead } = await withDead(home, 1);
    const other = await home.queue('other');
    await home.send(dead, 'direct');
    await home.json('StartMessageMoveTask', { SourceArn: arnOf(dead), DestinationArn: arnOf(other) });
    const [task] = await ended(home, dead);
    assert.deepEqual([task.Status, task.DestinationArn], ['COMPLETED', arnOf(other)]);
    assert.deepEqual(await home.bodies(other), ['m0', 'direct']);
  }));

test('a message that never died has nowhere to go back to, and stays', () =>
  atHome(async (home) => {
    const { dead } = await withDead(home, 0);
    await home.send(dead, 'direct');
    await home.json('StartMessageMoveTask', { SourceArn: arnOf(dead) });
    const [task] = await ended(home, dead);
    assert.deepEqual([task.Status, task.FailureReason], ['FAILED', 'CouldNotDetermineMessageSource']);
    assert.deepEqual(await home.bodies(dead), ['direct']);
  }));

test('groups keep their order and their locks', () =>
  atHome(async (home) => {
    const dead = await home.fifo('dead');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(dead), maxReceiveCount: 1 });
    const orders = await home.fifo('orders', { RedrivePolicy });
    await home.sendInOrder(orders, ['g', 'a'], ['g', 'b'], ['h', 'c']);
    await home.receive(orders, { VisibilityTimeout: 1 });
    await home.clock.pass(1001);
    await home.until(
      () => home.counts(dead),
      ([visible]) => visible === 3,
    );
    await home.json('StartMessageMoveTask', { SourceArn: arnOf(dead) });
    await ended(home, dead);
    const [a] = await home.receive(orders, { MaxNumberOfMessages: 1 });
    assert.equal(a.Body, 'a');
    assert.deepEqual(await home.bodies(orders), ['c']);
    await home.delete(orders, a);
    assert.deepEqual(await home.bodies(orders), ['b']);
  }));

test('a task keeps to its rate, and one at a time is enough', () =>
  atHome(async (home) => {
    const { dead, orders } = await withDead(home, 30);
    const asked = { SourceArn: arnOf(dead), MaxNumberOfMessagesPerSecond: 10 };
    await home.json('StartMessageMoveTask', asked);
    const second = await home.failure('StartMessageMoveTask', asked);
    assert.equal(second.code, 'InvalidParameterValue');
    assert.match(second.message, /^There is already a task running\./);
    const [running] = await tasks(home, dead);
    assert.equal(running.MaxNumberOfMessagesPerSecond, 10);
    assert.ok(running.TaskHandle.length > 20);
    await home.clock.pass(100);
    const [moved] = await home.counts(orders);
    assert.ok(moved! >= 1 && moved! < 20, `${moved}`);
    for (let second = 0; second < 40; second++) {
      await home.clock.pass(100);
      await home.counts(orders);
    }
    const [task] = await ended(home, dead);
    assert.deepEqual([task.Status, task.ApproximateNumberOfMessagesMoved], ['COMPLETED', 30]);
    assert.deepEqual(await home.counts(orders), [30, 0, 0]);
  }));

test('a task can be cancelled while it runs', () =>
  atHome(async (home) => {
    const { dead, orders } = await withDead(home, 10);
    const asked = { SourceArn: arnOf(dead), MaxNumberOfMessagesPerSecond: 1 };
    const { TaskHandle } = await home.json('StartMessageMoveTask', asked);
    const { ApproximateNumberOfMessagesMoved: moved } = await home.json('CancelMessageMoveTask', { TaskHandle });
    assert.ok(moved <= 1);
    const [task] = await ended(home, dead);
    assert.equal(task.Status, 'CANCELLED');
    assert.equal(task.TaskHandle, undefined);
    assert.equal((await home.counts(orders))[0]! + (await home.counts(dead))[0]!, 10);
    const again = await home.failure('CancelMessageMoveTask', { TaskHandle });
    assert.equal(again.name, 'UnsupportedOperation');
    await home.json('StartMessageMoveTask', { SourceArn: arnOf(dead) });
    await ended(home, dead);
    assert.equal((await tasks(home, dead, 1)).length, 1);
    assert.equal((await tasks(home, dead)).length, 2);
  }));

test('a task whose destination is deleted fails, and what it had not moved can be received', () =>
  atHome(async (home) => {
    const { dead } = await withDead(home, 10);
    const other = await home.queue('other');
    const asked = { SourceArn: arnOf(dead), DestinationArn: arnOf(other), MaxNumberOfMessagesPerSecond: 1 };
    await home.json('StartMessageMoveTask', asked);
    await home.until(
      () => home.counts(other),
      ([visible]) => visible === 1,
    );
    await home.json('DeleteQueue', { QueueUrl: other });
    await home.clock.pass(1001);
    const [task] = await ended(home, dead);
    assert.deepEqual([task.Status, task.FailureReason], ['FAILED', 'AWS.SimpleQueueService.NonExistentQueue']);
    assert.deepEqual(await home.counts(dead), [9, 0, 0]);
  }));

test('what a task needs is there, or the answer is a 404 or says what is wrong', () =>
  atHome(async (home) => {
    const { dead, orders } = await withDead(home, 0);
    const nowhere = 'arn:aws:sqs:us-east-1:000000000000:nowhere';
    const handleFor = (sourceArn: string): string =>
      Buffer.from(JSON.stringify({ taskId: 'x', sourceArn })).toString('base64');
    for (const [action, parameters, status, text] of [
      [
        'StartMessageMoveTask',
        { SourceArn: nowhere },
        404,
        "The resource that you specified for the SourceArn parameter doesn't exist.",
      ],
      [
        'StartMessageMoveTask',
        { SourceArn: arnOf(dead), DestinationArn: nowhere },
        404,
        "The resource that you specified for the DestinationArn parameter doesn't exist.",
      ],
      [
        'StartMessageMoveTask',
        { SourceArn: arnOf(orders) },
        400,
        'Source queue must be configured as a Dead Letter Queue.',
      ],
      [
        'StartMessageMoveTask',
        { SourceArn: arnOf(dead), DestinationArn: arnOf(dead) },
        400,
        'Source queue arn and destination queue arn cannot be the same.',
      ],
      [
        'StartMessageMoveTask',
        { SourceArn: arnOf(dead), MaxNumberOfMessagesPerSecond: 501 },
        400,
        /Must be between 1 and 500/,
      ],
      [
        'ListMessageMoveTasks',
        { SourceArn: nowhere },
        404,
        "The resource that you specified for the SourceArn parameter doesn't exist.",
      ],
      ['CancelMessageMoveTask', { TaskHandle: 'nonsense' }, 400, 'Value for parameter TaskHandle is invalid.'],
      [
        'CancelMessageMoveTask',
        { TaskHandle: handleFor(nowhere) },
        404,
        "The resource that you specified for the SourceArn parameter doesn't exist.",
      ],
      ['CancelMessageMoveTask', { TaskHandle: handleFor(arnOf(dead)) }, 404, 'Task does not exist.'],
    ] as const) {
      const told = await home.failure(action, parameters);
      assert.equal(told.status, status, `${action} ${JSON.stringify(parameters)}`);
      if (typeof text === 'string') assert.equal(told.message, text);
      else assert.match(told.message, text);
    }
    assert.deepEqual(await tasks(home, dead), []);
  }));
