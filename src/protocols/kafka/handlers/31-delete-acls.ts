import type { Rule } from '../../../broker/access/rules.js';
import type { Call } from '../call.js';
import {
  type DeleteAclsFilterResult,
  type DeleteAclsMatchingAcl,
  decodeDeleteAclsRequest,
  encodeDeleteAclsResponse,
  newDeleteAclsFilterResult,
  newDeleteAclsResponse,
} from '../codec/31-delete-acls.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { operationNumbers, patternTypeNumbers, permissionNumbers, resourceTypeNumbers } from '../operations.js';
import { type AclFilter, filterFault, matching } from './acl-filter.js';
import { allowsCluster } from './authorize.js';
import { attempt, done, durably, type Outcome } from './outcome.js';

/** DeleteAcls: every rule that a filter lets through goes, and is told of under that filter. */
export const deleteAcls: Handler = {
  key: ApiKey.DeleteAcls,
  async handle(call) {
    const { filters } = decodeDeleteAclsRequest(call.reader, call.version);
    const response = newDeleteAclsResponse();
    response.filterResults = filters.map((filter) => remove(call, filter));
    const removed = response.filterResults.flatMap(({ matchingAcls }) => matchingAcls);
    if (removed.length > 0) {
      const outcome = await durably(call.context.broker);
      if (outcome !== done) {
        for (const acl of removed) if (acl.errorCode === ErrorCode.NONE) Object.assign(acl, outcome);
      }
    }
    call.respond(encodeDeleteAclsResponse, response);
  },
};

function remove(call: Call, filter: AclFilter): DeleteAclsFilterResult {
  const { access } = call.context.broker;
  const result = newDeleteAclsFilterResult();
  const fault = filterFault(filter);
  if (!allowsCluster(call, 'alter')) {
    result.errorCode = ErrorCode.CLUSTER_AUTHORIZATION_FAILED;
    result.errorMessage = 'To delete ACLs needs Alter on the cluster.';
  } else if (fault !== null) {
    result.errorCode = ErrorCode.INVALID_REQUEST;
    result.errorMessage = fault;
  } else {
    result.matchingAcls = matching(access.allRules(), filter).map((rule) =>
      told(
        rule,
        attempt(() => access.removeRule(rule)),
      ),
    );
  }
  return result;
}

function told(
  { type, pattern, name, principal, host, operation, allow }: Rule,
  outcome: Outcome,
): DeleteAclsMatchingAcl {
  return {
    ...outcome,
    resourceType: resourceTypeNumbers[type],
    resourceName: name,
    patternType: patternTypeNumbers[pattern],
    principal,
    host,
    operation: operationNumbers[operation],
    permissionType: allow ? permissionNumbers.allow : permissionNumbers.deny,
  };
}
