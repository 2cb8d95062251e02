import { anyName, clusterName, type Rule } from '../../../broker/access/rules.js';
import type { Call } from '../call.js';
import {
  type AclCreation,
  decodeCreateAclsRequest,
  encodeCreateAclsResponse,
  newCreateAclsResponse,
} from '../codec/30-create-acls.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { operationsOf, permissionNumbers } from '../operations.js';
import { operationOf, patternTypeOf, resourceTypeOf } from './acl-filter.js';
import { allowsCluster } from './authorize.js';
import { attempt, done, durably, type Outcome, refusedWith } from './outcome.js';

/** CreateAcls: each rule has an outcome of its own; one that is there already is there once. */
export const createAcls: Handler = {
  key: ApiKey.CreateAcls,
  async handle(call) {
    const { creations } = decodeCreateAclsRequest(call.reader, call.version);
    let outcomes = creations.map((creation) => create(call, creation));
    if (outcomes.includes(done)) {
      const ended = await durably(call.context.broker);
      outcomes = outcomes.map((outcome) => (outcome === done ? ended : outcome));
    }
    const response = newCreateAclsResponse();
    response.results = outcomes.map((outcome) => ({ ...outcome }));
    call.respond(encodeCreateAclsResponse, response);
  },
};

function create(call: Call, creation: AclCreation): Outcome {
  if (!allowsCluster(call, 'alter')) {
    return refusedWith(ErrorCode.CLUSTER_AUTHORIZATION_FAILED, 'To create ACLs needs Alter on the cluster.');
  }
  const rule = ruleOf(creation);
  if (typeof rule === 'string') return refusedWith(ErrorCode.INVALID_REQUEST, rule);
  return attempt(() => call.context.broker.access.addRule(rule));
}

/** The rule, or what is wrong with it. */
function ruleOf(asked: AclCreation): Rule | string {
  const { resourceName: name, principal, host } = asked;
  const type = resourceTypeOf(asked.resourceType);
  const pattern = patternTypeOf(asked.resourcePatternType);
  const operation = operationOf(asked.operation);
  const { allow, deny } = permissionNumbers;
  if (type === undefined) return `Invalid resource type ${asked.resourceType}.`;
  if (pattern === undefined) return `Invalid pattern type ${asked.resourcePatternType}.`;
  if (operation === undefined) return `Invalid operation ${asked.operation}.`;
  if (operation !== 'all' && !operationsOf[type].includes(operation)) {
    return `The operation ${operation} makes no sense for a resource of type ${type}.`;
  }
  if (asked.permissionType !== allow && asked.permissionType !== deny) {
    return `Invalid permission type ${asked.permissionType}.`;
  }
  if (name === '') return 'The name of the resource is empty.';
  if (type === 'cluster' && name !== clusterName && name !== anyName) {
    return `The only valid name for the CLUSTER resource is ${clusterName}.`;
  }
  if (!/^[^:]+:.+$/.test(principal)) return `Invalid principal ${principal}: it has the form User:name.`;
  if (host === '') return 'The host is empty.';
  return { type, pattern, name, principal, host, operation, allow: asked.permissionType === allow };
}
