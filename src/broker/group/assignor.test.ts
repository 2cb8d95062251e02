import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Assignment,
  type Assignor,
  assignors,
  assignRanges,
  assignUniformly,
  type Subscriber,
} from './assignor.js';
import { countOf, holds, noPartitions, type Partitions, partitionsOf } from './partitions.js';

interface Case {
  readonly subscribers: readonly Subscriber[];
  readonly counts: ReadonlyMap<string, number>;
}

function subscriber(memberId: string, topicIds: Iterable<string>, former: Partitions = noPartitions): Subscriber {
  return { memberId, instanceId: null, topicIds: new Set(topicIds), former };
}

/** Members that read some of a few topics; `alike` ones read all. What they had may be of any time. */
function cases(alike: boolean): fc.Arbitrary<Case> {
  const topics = fc.array(fc.nat(12), { minLength: 1, maxLength: 5 });
  return topics.chain((sizes) => {
    const all = sizes.map((_, at) => `t${at}`);
    const former = fc
      .array(fc.tuple(fc.constantFrom(...all, 'gone'), fc.array(fc.nat(14), { maxLength: 6 })), { maxLength: 3 })
      .map((lists) => partitionsOf(lists));
    const reads = alike ? fc.constant(all) : fc.subarray(all);
    return fc.array(fc.tuple(reads, former), { minLength: 1, maxLength: 8 }).map((members) => {
      const subscribers = members.map(([names, had], at) => subscriber(`m${at}`, names, had));
      const counts = new Map<string, number>();
      for (const [at, name] of all.entries()) {
        if (subscribers.some(({ topicIds }) => topicIds.has(name))) counts.set(name, sizes[at]!);
      }
      return { subscribers, counts };
    });
  });
}

function assertWhole(assignment: Assignment, { subscribers, counts }: Case): void {
  const seen = new Set<string>();
  for (const { memberId, topicIds } of subscribers) {
    for (const [topicId, numbers] of assignment.get(memberId)!) {
      assert.ok(topicIds.has(topicId), `${memberId} does not read ${topicId}`);
      assert.deepEqual(
        numbers,
        [...numbers].sort((one, other) => one - other),
      );
      for (const number of numbers) {
        assert.ok(!seen.has(`${topicId}-${number}`), 'given twice');
        seen.add(`${topicId}-${number}`);
      }
    }
  }
  let total = 0;
  for (const count of counts.values()) total += count;
  assert.equal(seen.size, total, 'every partition that is read is given');
}

for (const [name, assign] of assignors as ReadonlyMap<string, Assignor>) {
  test(`${name} gives every partition to exactly one member that reads its topic`, () => {
    fc.assert(
      fc.property(fc.boolean().chain(cases), (each) => assertWhole(assign(each.subscribers, each.counts), each)),
    );
  });
}

test('uniform gives members with one subscription the same number, give or take one', () => {
  fc.assert(
    fc.property(cases(true), ({ subscribers, counts }) => {
      const shares = Array.from(assignUniformly(subscribers, counts).values(), countOf);
      assert.ok(Math.max(...shares) - Math.min(...shares) <= 1, `${shares}`);
    }),
  );
});

test('uniform leaves nothing that moving one partition would make more even', () => {
  fc.assert(
    fc.property(cases(false), ({ subscribers, counts }) => {
      const assignment = assignUniformly(subscribers, counts);
      for (const from of subscribers) {
        const share = assignment.get(from.memberId)!;
        for (const topicId of share.keys()) {
          for (const to of subscribers) {
            if (!to.topicIds.has(topicId)) continue;
            assert.ok(countOf(share) - countOf(assignment.get(to.memberId)!) < 2);
          }
        }
      }
    }),
  );
});

test('uniform asked again about what it gave gives the same', () => {
  fc.assert(
    fc.property(fc.boolean().chain(cases), ({ subscribers, counts }) => {
      const once = assignUniformly(subscribers, counts);
      const again = subscribers.map((each) => ({ ...each, former: once.get(each.memberId)! }));
      assert.deepEqual(assignUniformly(again, counts), once);
    }),
  );
});

test('uniform moves no more than a new member needs', () => {
  const counts = new Map([['t', 10]]);
  const first = assignUniformly([subscriber('a', ['t']), subscriber('b', ['t'])], counts);
  const members = ['a', 'b', 'c'].map((id) => subscriber(id, ['t'], first.get(id) ?? noPartitions));
  const second = assignUniformly(members, counts);
  let kept = 0;
  for (const id of ['a', 'b']) {
    for (const number of second.get(id)!.get('t')!) if (holds(first.get(id)!, 't', number)) kept++;
  }
  assert.deepEqual(Array.from(second.values(), countOf), [4, 3, 3]);
  assert.equal(kept, 7);
});

test('range gives runs, more to the first, equal numbers of topics of one size to one member', () => {
  const members = ['b', 'a', 'c'].map((id) => subscriber(id, ['t', 'u']));
  const assignment = assignRanges(
    members,
    new Map([
      ['t', 7],
      ['u', 7],
    ]),
  );
  assert.deepEqual(assignment.get('a')!.get('t'), [0, 1, 2]);
  assert.deepEqual(assignment.get('b')!.get('t'), [3, 4]);
  assert.deepEqual(assignment.get('c')!.get('t'), [5, 6]);
  for (const share of assignment.values()) assert.deepEqual(share.get('t'), share.get('u'));
});

test('range puts static members first, in the order of their instances', () => {
  const members: Subscriber[] = [
    subscriber('a', ['t']),
    { ...subscriber('z', ['t']), instanceId: '1' },
    { ...subscriber('y', ['t']), instanceId: '2' },
  ];
  const assignment = assignRanges(members, new Map([['t', 3]]));
  assert.deepEqual(
    ['z', 'y', 'a'].map((id) => assignment.get(id)!.get('t')),
    [[0], [1], [2]],
  );
});

test('a thousand members share ten thousand partitions in under two seconds', () => {
  const counts = new Map(Array.from({ length: 100 }, (_, at) => [`t${at}`, 100]));
  const members = Array.from({ length: 1000 }, (_, at) => subscriber(`m${at}`, counts.keys()));
  const started = performance.now();
  const once = assignUniformly(members, counts);
  assignUniformly(
    [...members.map((each) => ({ ...each, former: once.get(each.memberId)! })), subscriber('new', counts.keys())],
    counts,
  );
  assert.ok(performance.now() - started < 2_000);
});
