import { type QuotaEntity, type QuotaKey, quotaKeys } from '../../../broker/access/quotas.js';
import type { Call } from '../call.js';
import {
  type AlterClientQuotasRequestEntryData,
  decodeAlterClientQuotasRequest,
  encodeAlterClientQuotasResponse,
  newAlterClientQuotasResponse,
} from '../codec/49-alter-client-quotas.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsCluster } from './authorize.js';
import { attempt, done, durably, type Outcome, refusedWith } from './outcome.js';

/**
 * AlterClientQuotas: limits of users, client ids and both together, by name or for all others. An entry is changed
 * whole or not at all. `request_percentage` is of the time of the one thread that serves everybody.
 */
export const alterClientQuotas: Handler = {
  key: ApiKey.AlterClientQuotas,
  async handle(call) {
    const request = decodeAlterClientQuotasRequest(call.reader, call.version);
    let outcomes = request.entries.map((entry) => alter(call, entry, request.validateOnly));
    if (outcomes.includes(done) && !request.validateOnly) {
      const ended = await durably(call.context.broker);
      outcomes = outcomes.map((outcome) => (outcome === done ? ended : outcome));
    }
    const response = newAlterClientQuotasResponse();
    response.entries = request.entries.map(({ entity }, at) => ({ ...outcomes[at]!, entity }));
    call.respond(encodeAlterClientQuotasResponse, response);
  },
};

function alter(call: Call, entry: AlterClientQuotasRequestEntryData, validateOnly: boolean): Outcome {
  if (!allowsCluster(call, 'alter-configs')) {
    return refusedWith(ErrorCode.CLUSTER_AUTHORIZATION_FAILED, 'To alter quotas needs AlterConfigs on the cluster.');
  }
  const entity = entityOf(entry);
  if (typeof entity === 'string') return refusedWith(ErrorCode.INVALID_REQUEST, entity);
  const changes = new Map<QuotaKey, number | null>();
  for (const { key, value, remove } of entry.ops) {
    const known = quotaKeys.find((name) => name === key);
    const fault =
      known === undefined
        ? `Unknown configuration key ${key}: there are ${quotaKeys.join(', ')}.`
        : changes.has(known)
          ? `The key ${key} is altered twice.`
          : !remove && !(value > 0 && Number.isFinite(value))
            ? `Quota ${key} must be greater than 0.`
            : null;
    if (fault !== null) return refusedWith(ErrorCode.INVALID_REQUEST, fault);
    changes.set(known!, remove ? null : value);
  }
  if (validateOnly) return done;
  return attempt(() => {
    for (const [key, value] of changes) call.context.broker.access.setQuota(entity, key, value);
  });
}

/** Who is meant, or what is wrong with it. */
function entityOf({ entity }: AlterClientQuotasRequestEntryData): QuotaEntity | string {
  let user: string | null | undefined;
  let clientId: string | null | undefined;
  if (entity.length === 0) return 'The entity is empty.';
  for (const { entityType, entityName } of entity) {
    if (entityName === '') return 'The name of an entity is empty.';
    if (entityType === 'user' && user === undefined) user = entityName;
    else if (entityType === 'client-id' && clientId === undefined) clientId = entityName;
    else return `Quotas are for a user, a client-id or both, each once; not for ${entityType}.`;
  }
  return { user, clientId };
}
