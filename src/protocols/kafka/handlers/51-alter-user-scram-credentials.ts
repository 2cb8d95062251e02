import { credentialOf, hashBytes, iterationsMax, iterationsMin } from '../../../broker/access/credential.js';
import type { Call } from '../call.js';
import {
  decodeAlterUserScramCredentialsRequest,
  encodeAlterUserScramCredentialsResponse,
  newAlterUserScramCredentialsResponse,
  type ScramCredentialDeletion,
  type ScramCredentialUpsertion,
} from '../codec/51-alter-user-scram-credentials.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsCluster } from './authorize.js';
import { attempt, done, durably, type Outcome, refusedWith } from './outcome.js';
import { hashOf } from './scram-mechanisms.js';

const saltBytesMax = 1024;

/**
 * AlterUserScramCredentials: makes users and changes their passwords, without seeing one: what comes is salted and
 * hashed. A user goes with its last credential. Each user has one outcome; a user and mechanism is named once.
 */
export const alterUserScramCredentials: Handler = {
  key: ApiKey.AlterUserScramCredentials,
  async handle(call) {
    const { deletions, upsertions } = decodeAlterUserScramCredentialsRequest(call.reader, call.version);
    const outcomes = new Map<string, Outcome>();
    const seen = new Set<string>();
    const changes = [...deletions, ...upsertions];
    for (const change of changes) {
      const key = `${change.mechanism} ${change.name}`;
      const fault = seen.has(key)
        ? refusedWith(ErrorCode.DUPLICATE_RESOURCE, 'A user credential cannot be altered twice in the same request')
        : faultOf(call, change);
      seen.add(key);
      // The first fault of a user is told, and none of its changes is made.
      if (fault !== done) outcomes.set(change.name, outcomes.get(change.name) ?? fault);
    }
    let changed = false;
    for (const change of changes) {
      if ((outcomes.get(change.name) ?? done) !== done) continue;
      const outcome = attempt(() => apply(call, change));
      outcomes.set(change.name, outcome);
      changed ||= outcome === done;
    }
    const ended = changed ? await durably(call.context.broker) : done;
    const response = newAlterUserScramCredentialsResponse();
    response.results = Array.from(outcomes, ([user, outcome]) => ({ user, ...(outcome === done ? ended : outcome) }));
    call.respond(encodeAlterUserScramCredentialsResponse, response);
  },
};

function faultOf(call: Call, change: ScramCredentialDeletion | ScramCredentialUpsertion): Outcome {
  const { access } = call.context.broker;
  const unacceptable = (message: string): Outcome => refusedWith(ErrorCode.UNACCEPTABLE_CREDENTIAL, message);
  if (!allowsCluster(call, 'alter')) {
    return refusedWith(ErrorCode.CLUSTER_AUTHORIZATION_FAILED, 'To alter credentials needs Alter on the cluster.');
  }
  const nameFault = access.nameFault(change.name);
  if (nameFault !== null) return unacceptable(nameFault);
  const hash = hashOf(change.mechanism);
  if (hash === undefined) {
    return refusedWith(ErrorCode.UNSUPPORTED_SASL_MECHANISM, `There is no SCRAM mechanism ${change.mechanism}.`);
  }
  if (!('salt' in change)) {
    const user = access.user(change.name);
    if (user?.credentials.has(hash) !== true) {
      return refusedWith(ErrorCode.RESOURCE_NOT_FOUND, 'Attempt to delete a user credential that does not exist');
    }
    const stays = user.credentials.size === 1 ? access.removalFault(user) : null;
    return stays === null ? done : unacceptable(stays);
  }
  if (change.iterations < iterationsMin) return unacceptable('Too few iterations');
  if (change.iterations > iterationsMax) return unacceptable('Too many iterations');
  if (change.salt.length === 0 || change.salt.length > saltBytesMax)
    return unacceptable('The salt has no usable length');
  const right = change.saltedPassword.length === hashBytes(hash);
  return right ? done : unacceptable('The salted password has not the length of its hash');
}

function apply(call: Call, change: ScramCredentialDeletion | ScramCredentialUpsertion): void {
  const { access } = call.context.broker;
  const hash = hashOf(change.mechanism)!;
  if ('salt' in change) {
    const { name, salt, iterations, saltedPassword } = change;
    access.putUser(name, [credentialOf(hash, Buffer.from(salt), iterations, saltedPassword)]);
    return;
  }
  const user = access.user(change.name);
  if (user !== undefined) access.removeCredential(user, hash);
}
