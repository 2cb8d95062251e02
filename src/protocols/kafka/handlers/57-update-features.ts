import type { Call } from '../call.js';
import {
  decodeUpdateFeaturesRequest,
  encodeUpdateFeaturesResponse,
  type FeatureUpdateKey,
  newUpdateFeaturesResponse,
} from '../codec/57-update-features.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { features } from '../features.js';
import type { Handler } from '../handler.js';
import { allowsCluster } from './authorize.js';
import { done, type Outcome, refusedWith, repeatedOf } from './outcome.js';

/**
 * UpdateFeatures. A feature is at the level this release has for it, and stays there: to ask for that level is granted,
 * for another one refused.
 *
 * Versions: up to 1 each feature has its own outcome; from 2 on all share one, the first refusal's.
 */
export const updateFeatures: Handler = {
  key: ApiKey.UpdateFeatures,
  handle(call) {
    const { featureUpdates } = decodeUpdateFeaturesRequest(call.reader, call.version);
    const response = newUpdateFeaturesResponse();
    const outcomes = featureUpdates.map(updated);
    const first = outcomes.find((outcome) => outcome !== done);
    const fault = faultOf(call, featureUpdates) ?? (call.version >= 2 ? first : undefined);
    if (fault !== undefined) Object.assign(response, fault);
    else if (call.version < 2) {
      response.results = featureUpdates.map(({ feature }, index) => ({ feature, ...outcomes[index]! }));
    }
    call.respond(encodeUpdateFeaturesResponse, response);
  },
};

function faultOf(call: Call, updates: readonly FeatureUpdateKey[]): Outcome | undefined {
  if (!allowsCluster(call, 'alter')) {
    return refusedWith(ErrorCode.CLUSTER_AUTHORIZATION_FAILED, 'Cluster authorization failed.');
  }
  if (repeatedOf(updates.map(({ feature }) => feature)).size > 0) {
    return refusedWith(ErrorCode.INVALID_REQUEST, 'Each feature must appear at most once.');
  }
  return undefined;
}

function updated({ feature: name, maxVersionLevel: level }: FeatureUpdateKey): Outcome {
  const feature = features.find((each) => each.name === name);
  if (feature === undefined) {
    return refusedWith(ErrorCode.INVALID_UPDATE_VERSION, `This broker has no feature ${name}.`);
  }
  if (level === feature.maxLevel) return done;
  const message = `${name} is at level ${feature.maxLevel} in this release and cannot be set to ${level}.`;
  return refusedWith(ErrorCode.INVALID_UPDATE_VERSION, message);
}
