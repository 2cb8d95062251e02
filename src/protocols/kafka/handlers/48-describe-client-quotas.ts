import type { Quota } from '../../../broker/access/quotas.js';
import {
  type ComponentData,
  decodeDescribeClientQuotasRequest,
  type EntityData,
  encodeDescribeClientQuotasResponse,
  newDescribeClientQuotasResponse,
} from '../codec/48-describe-client-quotas.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsCluster } from './authorize.js';

const match = { exact: 0, default: 1, any: 2 } as const;

/**
 * DescribeClientQuotas: the quotas whose entity has every part that is asked for; with `strict`, no other part either.
 * Nothing is limited by address, so that no quota has a part of type ip.
 */
export const describeClientQuotas: Handler = {
  key: ApiKey.DescribeClientQuotas,
  handle(call) {
    const { components, strict } = decodeDescribeClientQuotasRequest(call.reader, call.version);
    const response = newDescribeClientQuotasResponse();
    const fault = faultOf(components);
    if (!allowsCluster(call, 'describe-configs')) {
      response.errorCode = ErrorCode.CLUSTER_AUTHORIZATION_FAILED;
      response.errorMessage = 'To describe quotas needs DescribeConfigs on the cluster.';
    } else if (fault !== null) {
      response.errorCode = ErrorCode.INVALID_REQUEST;
      response.errorMessage = fault;
    } else {
      response.entries = [];
      for (const quota of call.context.broker.access.quotas.all()) {
        const entity = entityOf(quota);
        const all = components.every((component) => entity.some((part) => fits(part, component)));
        if (!all || (strict && entity.length !== components.length)) continue;
        response.entries.push({ entity, values: Array.from(quota.values, ([key, value]) => ({ key, value })) });
      }
    }
    if (response.errorCode !== ErrorCode.NONE) response.entries = null;
    call.respond(encodeDescribeClientQuotasResponse, response);
  },
};

function faultOf(components: readonly ComponentData[]): string | null {
  const types = new Set<string>();
  for (const { entityType, matchType, match: name } of components) {
    if (!['user', 'client-id', 'ip'].includes(entityType))
      return `There are no quotas for entities of type ${entityType}.`;
    if (types.has(entityType)) return `The entity type ${entityType} is named twice.`;
    types.add(entityType);
    if (matchType < match.exact || matchType > match.any) return `There is no match type ${matchType}.`;
    if ((matchType === match.exact) !== (name !== null)) return 'A name belongs to an exact match, and to no other.';
  }
  return null;
}

function entityOf({ entity: { user, clientId } }: Quota): EntityData[] {
  const parts: EntityData[] = [];
  if (user !== undefined) parts.push({ entityType: 'user', entityName: user });
  if (clientId !== undefined) parts.push({ entityType: 'client-id', entityName: clientId });
  return parts;
}

function fits(part: EntityData, { entityType, matchType, match: name }: ComponentData): boolean {
  if (part.entityType !== entityType) return false;
  if (matchType === match.any) return true;
  return matchType === match.default ? part.entityName === null : part.entityName === name;
}
