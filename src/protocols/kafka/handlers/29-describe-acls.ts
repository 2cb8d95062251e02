import type { Rule } from '../../../broker/access/rules.js';
import {
  type DescribeAclsResource,
  decodeDescribeAclsRequest,
  encodeDescribeAclsResponse,
  newDescribeAclsResponse,
} from '../codec/29-describe-acls.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { operationNumbers, patternTypeNumbers, permissionNumbers, resourceTypeNumbers } from '../operations.js';
import { filterFault, matching } from './acl-filter.js';
import { allowsCluster } from './authorize.js';

/** DescribeAcls: the rules that a filter lets through, by the resources they are about. */
export const describeAcls: Handler = {
  key: ApiKey.DescribeAcls,
  handle(call) {
    const filter = decodeDescribeAclsRequest(call.reader, call.version);
    const response = newDescribeAclsResponse();
    const fault = filterFault(filter);
    if (!allowsCluster(call, 'describe')) {
      response.errorCode = ErrorCode.CLUSTER_AUTHORIZATION_FAILED;
      response.errorMessage = 'To describe ACLs needs Describe on the cluster.';
    } else if (fault !== null) {
      response.errorCode = ErrorCode.INVALID_REQUEST;
      response.errorMessage = fault;
    } else response.resources = byResource(matching(call.context.broker.access.allRules(), filter));
    call.respond(encodeDescribeAclsResponse, response);
  },
};

function byResource(rules: readonly Rule[]): DescribeAclsResource[] {
  const resources = new Map<string, DescribeAclsResource>();
  for (const { type, pattern, name, principal, host, operation, allow } of rules) {
    const key = `${type} ${pattern} ${name}`;
    let resource = resources.get(key);
    if (resource === undefined) {
      resource = {
        resourceType: resourceTypeNumbers[type],
        resourceName: name,
        patternType: patternTypeNumbers[pattern],
        acls: [],
      };
      resources.set(key, resource);
    }
    const permissionType = allow ? permissionNumbers.allow : permissionNumbers.deny;
    resource.acls.push({ principal, host, operation: operationNumbers[operation], permissionType });
  }
  return [...resources.values()];
}
