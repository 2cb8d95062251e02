import { decodeListGroupsRequest, encodeListGroupsResponse, newListGroupsResponse } from '../codec/16-list-groups.js';
import { ApiKey } from '../codec/apis.js';
import type { Handler } from '../handler.js';
import { allowsCluster, allowsGroup } from './authorize.js';
import { stateNames } from './group-states.js';

/** Of the ways Kafka knows to run a group this is the one that is served. */
const groupType = 'classic';

/** ListGroups. A filter by state came with version 4, by type with 5; both leave case aside, and empty ones let all through. */
export const listGroups: Handler = {
  key: ApiKey.ListGroups,
  handle(call) {
    const { statesFilter, typesFilter } = decodeListGroupsRequest(call.reader, call.version);
    const response = newListGroupsResponse();
    const all = allowsCluster(call, 'describe');
    if (passes(typesFilter, groupType)) {
      for (const group of call.context.broker.groups.list()) {
        if (!all && !allowsGroup(call, 'describe', group.id)) continue;
        const groupState = stateNames[group.state];
        if (!passes(statesFilter, groupState)) continue;
        response.groups.push({ groupId: group.id, protocolType: group.protocolType, groupState, groupType });
      }
    }
    call.respond(encodeListGroupsResponse, response);
  },
};

function passes(filter: readonly string[], value: string): boolean {
  return filter.length === 0 || filter.some((wanted) => wanted.toLowerCase() === value.toLowerCase());
}
