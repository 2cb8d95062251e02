import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StorageWorld } from '../log/testing.js';
import { Policies, type Policy, policyFault } from './policies.js';
import { definitionFault, mergedDefinition, type PolicyValue } from './policy-keys.js';
import { defaultQueueOptions, type QueueSettings, type QueueType } from './queue/settings.js';
import { queueKey } from './queue-key.js';
import type { HeaderValue } from './routing/headers.js';
import { Vhosts } from './vhosts.js';

const unlimited = Number.POSITIVE_INFINITY;

function policy(name: string, definition: Record<string, PolicyValue>, more: Partial<Policy> = {}): Policy {
  return {
    name,
    vhost: '/',
    pattern: '.*',
    applyTo: 'all',
    priority: 0,
    definition: new Map(Object.entries(definition)),
    ...more,
  };
}

class World extends StorageWorld {
  vhosts: Vhosts = new Vhosts(this.storage);
  policies: Policies = new Policies(this.storage, this.vhosts);

  async again(checkpointed: boolean): Promise<void> {
    await this.durable();
    if (checkpointed) await this.run(this.storage.checkpoint());
    this.crash();
    this.vhosts = new Vhosts(this.storage);
    this.policies = new Policies(this.storage, this.vhosts);
    const report = await this.open();
    assert.deepEqual(report.damage, []);
  }

  settings(name: string, args: Record<string, HeaderValue> = {}, type: QueueType = 'classic'): QueueSettings {
    const options = { ...defaultQueueOptions, type, arguments: new Map(Object.entries(args)) };
    return this.policies.settingsFor({ name, options });
  }
}

async function opened(): Promise<World> {
  const world = new World();
  await world.open();
  return world;
}

test('of all policies that fit, the one of the highest priority applies, alone', async () => {
  const { policies } = await opened();
  policies.set('policy', policy('low', { 'message-ttl': 1, 'max-length': 5 }, { priority: 1 }));
  policies.set('policy', policy('high', { 'message-ttl': 2 }, { priority: 9, pattern: '^orders' }));
  policies.set('policy', policy('other', { 'message-ttl': 3 }, { priority: 99, pattern: '^bills' }));
  const names = ['orders-1', 'my-orders'].map((name) => policies.effectOn('classic_queues', '/', name).policy?.name);
  assert.deepEqual(names, ['high', 'low']);
  assert.deepEqual([...policies.effectOn('classic_queues', '/', 'orders-1').definition], [['message-ttl', 2]]);
  policies.clear('policy', '/', 'high');
  assert.equal(policies.effectOn('classic_queues', '/', 'orders-1').policy?.name, 'low');
});

test('the pattern that spares what the broker named is taken, as every other set of policies has it', async () => {
  const { policies } = await opened();
  const spare = policy('spare', { 'max-length': 1 }, { pattern: '^(?!amq\\.).*' });
  assert.equal(policyFault('policy', spare), null);
  policies.set('policy', spare);
  const applies = (name: string): boolean => policies.effectOn('classic_queues', '/', name).policy !== null;
  assert.deepEqual(['orders', 'amq.gen-1', 'amqp'].map(applies), [true, false, true]);
});

test('among equals the first by name applies, whichever came first', async () => {
  for (const order of [
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    const { policies } = await opened();
    for (const name of order) policies.set('policy', policy(name, { 'max-length': 1 }));
    assert.equal(policies.effectOn('classic_queues', '/', 'q').policy?.name, 'a');
  }
});

test('a policy applies to what its scope says', async () => {
  const { policies } = await opened();
  const targets = ['classic_queues', 'quorum_queues', 'streams', 'exchanges'] as const;
  const reached = (applyTo: Policy['applyTo'], key: string, value: PolicyValue): boolean[] => {
    policies.set('policy', policy('p', { [key]: value }, { applyTo }));
    return targets.map((target) => policies.effectOn(target, '/', 'x').policy !== null);
  };
  assert.deepEqual(reached('queues', 'max-length-bytes', 1), [true, true, true, false]);
  assert.deepEqual(reached('classic_queues', 'max-length-bytes', 1), [true, false, false, false]);
  assert.deepEqual(reached('quorum_queues', 'max-length-bytes', 1), [false, true, false, false]);
  assert.deepEqual(reached('streams', 'max-length-bytes', 1), [false, false, true, false]);
  assert.deepEqual(reached('exchanges', 'alternate-exchange', 'x'), [false, false, false, true]);
  assert.deepEqual(
    reached('all', 'max-length', 1),
    [true, true, false, true],
    'not to a stream, which has no such limit',
  );
  assert.deepEqual(reached('all', 'max-age', '7D'), [false, false, true, true], 'not to a queue that is no stream');
});

test('virtual hosts have policies of their own, and they go together', async () => {
  const world = await opened();
  const blue = world.vhosts.create('blue');
  world.policies.set('policy', policy('p', { 'max-length': 1 }, { vhost: 'blue' }));
  world.policies.set('operator-policy', policy('o', { 'max-length': 1 }, { vhost: 'blue' }));
  assert.equal(world.settings('q').lengthMax, unlimited);
  assert.equal(world.settings(queueKey('blue', 'q')).lengthMax, 1);
  world.vhosts.delete(blue);
  assert.deepEqual([...world.policies.all('policy'), ...world.policies.all('operator-policy')], []);
});

test('for limits the lower of argument and policy holds', async () => {
  const world = await opened();
  world.policies.set(
    'policy',
    policy('p', { 'message-ttl': 50, expires: 50, 'max-length': 50, 'max-length-bytes': 50, 'consumer-timeout': 50 }),
  );
  const limits = ({ messageTtlMs, expiresMs, lengthMax, bytesMax, consumerTimeoutMs }: QueueSettings): number[] => [
    messageTtlMs,
    expiresMs,
    lengthMax,
    bytesMax,
    consumerTimeoutMs,
  ];
  const declared = (value: number): Record<string, HeaderValue> => ({
    'x-message-ttl': value,
    'x-expires': value,
    'x-max-length': value,
    'x-max-length-bytes': value,
    'x-consumer-timeout': value,
  });
  assert.deepEqual(limits(world.settings('q')), [50, 50, 50, 50, 50]);
  assert.deepEqual(limits(world.settings('q', declared(10))), [10, 10, 10, 10, 10]);
  assert.deepEqual(limits(world.settings('q', declared(90))), [50, 50, 50, 50, 50]);
});

test('for dead letters and overflow the argument holds', async () => {
  const world = await opened();
  world.policies.set(
    'policy',
    policy('p', { 'dead-letter-exchange': 'of-policy', 'dead-letter-routing-key': 'pk', overflow: 'reject-publish' }),
  );
  const { deadLetter, overflow } = world.settings('q');
  assert.deepEqual([deadLetter, overflow], [{ exchange: 'of-policy', key: 'pk' }, 'reject-publish']);
  const own = world.settings('q', { 'x-dead-letter-exchange': 'own', 'x-overflow': 'drop-head' });
  assert.deepEqual([own.deadLetter, own.overflow], [{ exchange: 'own', key: 'pk' }, 'drop-head']);
});

test('an operator’s policy caps what is declared and what a policy says, and neither can raise it', async () => {
  const world = await opened();
  world.policies.set('operator-policy', policy('cap', { 'max-length': 10, 'message-ttl': 1000 }));
  assert.equal(world.settings('q').lengthMax, 10);
  assert.equal(world.settings('q', { 'x-max-length': 99 }).lengthMax, 10);
  world.policies.set('policy', policy('p', { 'max-length': 99, 'message-ttl': 5 }));
  assert.deepEqual([world.settings('q').lengthMax, world.settings('q').messageTtlMs], [10, 5]);
  const effect = world.policies.effectOn('classic_queues', '/', 'q');
  assert.deepEqual([effect.policy?.name, effect.operatorPolicy?.name], ['p', 'cap']);
  assert.deepEqual(Object.fromEntries(effect.definition), { 'max-length': 10, 'message-ttl': 5 });
});

test('a delivery limit of -1 is none, and loses to any other', async () => {
  const world = await opened();
  assert.equal(
    world.settings('q', {}, 'quorum').deliveryLimit,
    20,
    'of a quorum queue that nobody said anything about',
  );
  world.policies.set('policy', policy('p', { 'delivery-limit': 50 }));
  assert.equal(world.settings('q', {}, 'quorum').deliveryLimit, 50);
  assert.equal(world.settings('q').deliveryLimit, 50, 'beyond RabbitMQ: of a classic queue too');
  assert.equal(world.settings('q', { 'x-delivery-limit': -1 }, 'quorum').deliveryLimit, 50);
  assert.equal(world.settings('q', { 'x-delivery-limit': 5 }, 'quorum').deliveryLimit, 5);
  world.policies.set('policy', policy('p', { 'delivery-limit': -1 }));
  assert.equal(world.settings('q', { 'x-delivery-limit': 5 }, 'quorum').deliveryLimit, 5);
  assert.equal(world.settings('q', {}, 'quorum').deliveryLimit, -1);
});

test('the alternate exchange comes from a policy', async () => {
  const { policies } = await opened();
  policies.set('policy', policy('p', { 'alternate-exchange': 'rest' }, { applyTo: 'exchanges', pattern: '^in-' }));
  assert.equal(policies.alternateFor('/', 'in-1'), 'rest');
  assert.equal(policies.alternateFor('/', 'out-1'), null);
});

for (const checkpointed of [false, true]) {
  test(`policies are back after a power cut, ${checkpointed ? 'from a checkpoint' : 'from the journal'}`, async () => {
    const world = await opened();
    world.vhosts.create('blue');
    const kept = policy('kept', { 'max-length': 1, overflow: 'drop-head' }, { priority: -3, applyTo: 'quorum_queues' });
    world.policies.set('policy', kept);
    world.policies.set('policy', policy('replaced', { 'max-length': 1 }));
    world.policies.set('policy', policy('replaced', { 'max-length': 2 }, { vhost: '/', pattern: 'x' }));
    world.policies.set('operator-policy', policy('kept', { expires: 7 }, { vhost: 'blue' }));
    world.policies.set('policy', policy('gone', { 'max-length': 1 }));
    world.policies.clear('policy', '/', 'gone');
    const told = (): Policy[][] => [[...world.policies.all('policy')], [...world.policies.all('operator-policy')]];
    const before = told();
    await world.again(checkpointed);
    assert.deepEqual(told(), before);
    assert.deepEqual(world.policies.find('policy', '/', 'kept'), kept);
    assert.equal(world.policies.find('policy', '/', 'gone'), undefined);
  });
}

test('who keeps what follows from policies hears of changes, and sees the version grow', async () => {
  const { policies } = await opened();
  const heard: string[] = [];
  policies.onChange = (vhost) => heard.push(vhost);
  const { version } = policies;
  policies.set('policy', policy('p', { 'max-length': 1 }));
  assert.ok(policies.version > version);
  assert.equal(policies.clear('policy', '/', 'p'), true);
  assert.equal(policies.clear('policy', '/', 'p'), false);
  assert.deepEqual(heard, ['/', '/']);
});

test('what a policy cannot say is refused in RabbitMQ’s words', () => {
  const fault = (definition: Record<string, PolicyValue>, operator = false): string | null =>
    definitionFault(new Map(Object.entries(definition)), operator);
  assert.equal(fault({}), 'no policy provided');
  assert.equal(fault({ odd: 1 }), '[{<<"odd">>,1}] are not recognised policy settings');
  assert.equal(fault({ 'message-ttl': '5' }), '<<"5">> is not a valid message TTL');
  assert.equal(fault({ 'message-ttl': -1 }), '-1 is not a valid message TTL');
  assert.equal(fault({ expires: 0 }), '0 is not a valid queue expiry');
  assert.equal(fault({ 'max-length': 1.5 }), '1.5 is not a valid maximum length');
  assert.equal(fault({ overflow: 'drop' }), '<<"drop">> is not a valid overflow value');
  assert.equal(fault({ 'dead-letter-exchange': 7 }), '7 is not a valid dead letter exchange name');
  assert.equal(fault({ 'max-age': '7' }), '<<"7">> is not a valid max age');
  assert.equal(fault({ 'max-length': 1, 'message-ttl': 0, 'retention-ms': 5, 'delivery-limit': -1 }), null);
  assert.equal(
    fault({ 'dead-letter-exchange': 'x' }, true),
    '[{<<"dead-letter-exchange">>,<<"x">>}] are not recognised policy settings',
  );
  assert.equal(fault({ 'max-length': 1 }, true), null);
  assert.equal(
    fault({ 'single-active-consumer': true }),
    '[{<<"single-active-consumer">>,true}] are not recognised policy settings',
  );
  const scoped = { ...policy('p', { 'max-length': 1 }), applyTo: 'topics' };
  assert.match(policyFault('policy', scoped)!, /apply-to 'topics' unrecognised/);
  assert.match(policyFault('policy', policy('p', { 'max-length': 1 }, { pattern: '(' }))!, /regular expression/);
  assert.match(policyFault('policy', policy('p', { 'max-length': 1 }, { priority: 0.5 }))!, /must be a number/);
  assert.equal(policyFault('policy', policy('p', { 'max-length': 1 })), null);
});

test('where limits of a policy and an operator’s meet, the lower holds, and nothing of either is lost', () => {
  const numbers = fc.dictionary(
    fc.constantFrom('message-ttl', 'max-length', 'expires'),
    fc.integer({ min: 1, max: 99 }),
  );
  fc.assert(
    fc.property(numbers, numbers, (own, cap) => {
      const merged = mergedDefinition(new Map(Object.entries(own)), new Map(Object.entries(cap)));
      for (const key of new Set([...Object.keys(own), ...Object.keys(cap)])) {
        assert.equal(merged.get(key), Math.min(own[key] ?? unlimited, cap[key] ?? unlimited));
      }
    }),
    { seed: 5 },
  );
});
