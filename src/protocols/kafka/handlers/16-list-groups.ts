import { decodeListGroupsRequest, encodeListGroupsResponse, newListGroupsResponse } from '../codec/16-list-groups.js';
import { ApiKey } from '../codec/apis.js';
import type { Handler } from '../handler.js';
import { allowsCluster, allowsGroup } from './authorize.js';
import { consumerStateNames, shareStateName, stateNames } from './group-states.js';

/** ListGroups. A filter by state came with version 4, by type with 5; both leave case aside, and empty ones let all through. */
export const listGroups: Handler = {
  key: ApiKey.ListGroups,
  handle(call) {
    const { statesFilter, typesFilter } = decodeListGroupsRequest(call.reader, call.version);
    const response = newListGroupsResponse();
    const { groups } = call.context.broker;
    const all = allowsCluster(call, 'describe');
    const add = (groupId: string, protocolType: string, groupState: string, groupType: string): void => {
      if (!passes(typesFilter, groupType) || !passes(statesFilter, groupState)) return;
      if (!all && !allowsGroup(call, 'describe', groupId)) return;
      response.groups.push({ groupId, protocolType, groupState, groupType });
    };
    for (const group of groups.list()) add(group.id, group.protocolType, stateNames[group.state], 'classic');
    // Kafka's name for the protocol type is the one that classic consumers use.
    for (const group of groups.consumers) add(group.id, 'consumer', consumerStateNames[group.state], 'consumer');
    for (const group of call.context.broker.shares) add(group.id, 'share', shareStateName(group), 'share');
    call.respond(encodeListGroupsResponse, response);
  },
};

function passes(filter: readonly string[], value: string): boolean {
  return filter.length === 0 || filter.some((wanted) => wanted.toLowerCase() === value.toLowerCase());
}
