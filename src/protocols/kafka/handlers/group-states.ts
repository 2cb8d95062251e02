import type { GroupState } from '../../../broker/group/group-request.js';

/** What Kafka calls the states of a group. */
export const stateNames: Readonly<Record<GroupState, string>> = {
  empty: 'Empty',
  preparing: 'PreparingRebalance',
  completing: 'CompletingRebalance',
  stable: 'Stable',
  dead: 'Dead',
};
