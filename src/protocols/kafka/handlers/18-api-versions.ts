import { advertised } from '../apis.js';
import type { Call } from '../call.js';
import {
  type ApiVersionsResponse,
  decodeApiVersionsRequest,
  encodeApiVersionsResponse,
  newApiVersionsResponse,
} from '../codec/18-api-versions.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { features } from '../features.js';
import type { Handler } from '../handler.js';

const softwareName = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

/**
 * ApiVersions: what is registered is what is told.
 *
 * From version 3 on a client names its software, and a malformed name is refused. A version we do not know is answered
 * in version 0's form with the list all the same: that is how a newer client finds the version to use. Version 3 cannot
 * say that a feature begins at level 0, so that such a one is only told as finalised there, as Kafka does.
 */
export const apiVersions: Handler = {
  key: ApiKey.ApiVersions,
  handle(call) {
    const request = decodeApiVersionsRequest(call.reader, call.version);
    const response = answer(ErrorCode.NONE);
    if (call.version >= 3) tellFeatures(call, response);
    const named = softwareName.test(request.clientSoftwareName) && softwareName.test(request.clientSoftwareVersion);
    if (call.version >= 3 && !named) {
      response.errorCode = ErrorCode.INVALID_REQUEST;
      response.apiKeys = [];
    }
    call.respond(encodeApiVersionsResponse, response);
  },
};

export function respondUnsupportedVersion(call: Call): void {
  call.respond(encodeApiVersionsResponse, answer(ErrorCode.UNSUPPORTED_VERSION), 0);
}

function tellFeatures(call: Call, response: ApiVersionsResponse): void {
  response.finalizedFeaturesEpoch = call.context.broker.catalog.leaderEpoch;
  for (const { name, minLevel, maxLevel } of features) {
    if (minLevel > 0 || call.version >= 4) {
      response.supportedFeatures.push({ name, minVersion: minLevel, maxVersion: maxLevel });
    }
    response.finalizedFeatures.push({ name, minVersionLevel: maxLevel, maxVersionLevel: maxLevel });
  }
}

function answer(errorCode: number): ApiVersionsResponse {
  const response = newApiVersionsResponse();
  response.errorCode = errorCode;
  response.apiKeys = advertised();
  return response;
}
