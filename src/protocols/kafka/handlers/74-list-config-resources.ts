import type { Call } from '../call.js';
import {
  type ConfigResource,
  decodeListConfigResourcesRequest,
  encodeListConfigResourcesResponse,
  newListConfigResourcesResponse,
} from '../codec/74-list-config-resources.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsCluster } from './authorize.js';
import { configResource } from './config-change.js';

const known: ReadonlySet<number> = new Set(Object.values(configResource));

/**
 * ListConfigResources: what can be described and has a name, of groups those that set something. Loggers and clients'
 * metrics cannot be configured here, so there are none of them.
 *
 * Versions: 0 asks for clients' metrics only; from 1 on types are asked for, and none means all of them.
 */
export const listConfigResources: Handler = {
  key: ApiKey.ListConfigResources,
  handle(call) {
    const { resourceTypes } = decodeListConfigResourcesRequest(call.reader, call.version);
    const asked = call.version === 0 ? [configResource.clientMetrics] : resourceTypes;
    const response = newListConfigResourcesResponse();
    if (!allowsCluster(call, 'describe-configs')) response.errorCode = ErrorCode.CLUSTER_AUTHORIZATION_FAILED;
    else if (asked.some((type) => !known.has(type))) response.errorCode = ErrorCode.UNSUPPORTED_VERSION;
    else response.configResources = listed(call, new Set(asked.length === 0 ? known : asked));
    call.respond(encodeListConfigResourcesResponse, response);
  },
};

function listed(call: Call, types: ReadonlySet<number>): ConfigResource[] {
  const { broker, nodes } = call.context;
  const found: ConfigResource[] = [];
  if (types.has(configResource.topic)) {
    for (const { name } of broker.catalog.topics()) {
      found.push({ resourceName: name, resourceType: configResource.topic });
    }
  }
  if (types.has(configResource.group)) {
    for (const name of broker.groupConfigs.groups()) {
      found.push({ resourceName: name, resourceType: configResource.group });
    }
  }
  if (types.has(configResource.broker)) {
    for (const { id } of nodes.all()) found.push({ resourceName: String(id), resourceType: configResource.broker });
  }
  return found;
}
