import type { User } from '../../../broker/access/user.js';
import {
  type DescribeUserScramCredentialsResult,
  decodeDescribeUserScramCredentialsRequest,
  encodeDescribeUserScramCredentialsResponse,
  newDescribeUserScramCredentialsResponse,
  newDescribeUserScramCredentialsResult,
} from '../codec/50-describe-user-scram-credentials.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsCluster } from './authorize.js';
import { repeatedOf } from './outcome.js';
import { mechanismNumbers } from './scram-mechanisms.js';

/** DescribeUserScramCredentials: which mechanisms a user has, with their iterations; no names ask for all users. */
export const describeUserScramCredentials: Handler = {
  key: ApiKey.DescribeUserScramCredentials,
  handle(call) {
    const { users } = decodeDescribeUserScramCredentialsRequest(call.reader, call.version);
    const { access } = call.context.broker;
    const response = newDescribeUserScramCredentialsResponse();
    if (!allowsCluster(call, 'describe')) {
      response.errorCode = ErrorCode.CLUSTER_AUTHORIZATION_FAILED;
      response.errorMessage = 'To describe credentials needs Describe on the cluster.';
    } else if (users === null || users.length === 0) {
      for (const user of access.users()) response.results.push(described(user));
    } else {
      const names = users.map(({ name }) => name);
      const repeated = repeatedOf(names);
      for (const name of new Set(names)) {
        const user = access.user(name);
        if (repeated.has(name)) {
          const message = `Cannot describe SCRAM credentials for the same user twice in a single request: ${name}`;
          response.results.push(failed(name, ErrorCode.DUPLICATE_RESOURCE, message));
        } else if (user === undefined) {
          const message = `Attempt to describe a user credential that does not exist: ${name}`;
          response.results.push(failed(name, ErrorCode.RESOURCE_NOT_FOUND, message));
        } else response.results.push(described(user));
      }
    }
    call.respond(encodeDescribeUserScramCredentialsResponse, response);
  },
};

function described({ name, credentials }: User): DescribeUserScramCredentialsResult {
  const credentialInfos = Array.from(credentials.values(), ({ hash, iterations }) => ({
    mechanism: mechanismNumbers[hash],
    iterations,
  }));
  return Object.assign(newDescribeUserScramCredentialsResult(), { user: name, credentialInfos });
}

function failed(user: string, errorCode: number, errorMessage: string): DescribeUserScramCredentialsResult {
  return Object.assign(newDescribeUserScramCredentialsResult(), { user, errorCode, errorMessage });
}
