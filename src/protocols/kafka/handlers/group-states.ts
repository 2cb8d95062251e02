import type { ConsumerGroupState } from '../../../broker/group/consumer-request.js';
import type { GroupState } from '../../../broker/group/group-request.js';

/** What Kafka calls the states of a group. */
export const stateNames: Readonly<Record<GroupState, string>> = {
  empty: 'Empty',
  preparing: 'PreparingRebalance',
  completing: 'CompletingRebalance',
  stable: 'Stable',
  dead: 'Dead',
};

/** And those of groups of KIP-848. */
export const consumerStateNames: Readonly<Record<ConsumerGroupState, string>> = {
  empty: 'Empty',
  assigning: 'Assigning',
  reconciling: 'Reconciling',
  stable: 'Stable',
  dead: 'Dead',
};
