import { holds, inBoth, noPartitions, overlap, type Partitions, partitionsOf, union, without } from './partitions.js';

/**
 * Where a member of a consumer group stands between what it has and what it is to have.
 *
 *     stable ──target moved──▶ unrevoked: has partitions to give up first, stays in its epoch
 *        ▲ ▲                       │ it no longer owns them
 *        │ └───── all free ────────┤
 *        └── others let go ── unreleased ◀── some are still with others; it has the free ones and the new epoch
 *
 * So a member gives up before it is given, and a partition is given only when nobody has it: what is `revoking` is
 * still its own.
 */
export type MemberState = 'stable' | 'unrevoked' | 'unreleased';

export interface Standing {
  readonly epoch: number;
  /** The epoch before: a member that missed an answer comes back with it. */
  readonly previousEpoch: number;
  readonly state: MemberState;
  readonly assigned: Partitions;
  /** To be given up; until the member says that it has, nobody else gets them. */
  readonly revoking: Partitions;
}

export const newStanding: Standing = {
  epoch: 0,
  previousEpoch: 0,
  state: 'stable',
  assigned: noPartitions,
  revoking: noPartitions,
};

/** Epoch of a static member that is away and whose place is kept until its session ends. */
export const awayEpoch = -2;

export interface Target {
  readonly epoch: number;
  readonly partitions: Partitions;
}

/**
 * The next standing of a member, the same object when nothing changes. `owned` is what the member says it has, `null`
 * when it does not say. `isTaken` answers for other members.
 */
export function reconcile(
  standing: Standing,
  target: Target,
  owned: Partitions | null,
  isTaken: (topicId: string, partition: number) => boolean,
): Standing {
  if (standing.state === 'stable' && standing.epoch === target.epoch) return standing;
  if (standing.state === 'unrevoked' && stillOwns(standing.revoking, owned)) return standing;
  const kept = inBoth(standing.assigned, target.partitions);
  const revoking = without(standing.assigned, kept);
  if (revoking.size > 0 && stillOwns(revoking, owned)) {
    return { ...standing, state: 'unrevoked', assigned: kept, revoking };
  }
  const wanted = without(target.partitions, kept);
  const free = partitionsOf(
    Array.from(wanted, ([topicId, numbers]) => [topicId, numbers.filter((number) => !isTaken(topicId, number))]),
  );
  const state: MemberState = free.size === wanted.size && without(wanted, free).size === 0 ? 'stable' : 'unreleased';
  const unchanged = state === standing.state && standing.epoch === target.epoch && free.size === 0;
  if (unchanged && revoking.size === 0) return standing;
  return {
    epoch: target.epoch,
    previousEpoch: standing.epoch,
    state,
    assigned: union(kept, free),
    revoking: noPartitions,
  };
}

/** Who does not say what it has may still have everything. */
function stillOwns(revoking: Partitions, owned: Partitions | null): boolean {
  return owned === null || overlap(owned, revoking);
}

/** Whether anything of a standing is this partition: given, or not given up yet. */
export function occupies(standing: Standing, topicId: string, partition: number): boolean {
  return holds(standing.assigned, topicId, partition) || holds(standing.revoking, topicId, partition);
}
