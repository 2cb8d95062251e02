import type { ConsumerGroupState } from '../../../broker/group/consumer-request.js';
import type { GroupState } from '../../../broker/group/group-request.js';
import type { ShareGroup } from '../../../broker/share/share-group.js';

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

/** Share groups assign at once: they have no states in between. */
export function shareStateName(group: ShareGroup): string {
  return group.size > 0 ? 'Stable' : 'Empty';
}
