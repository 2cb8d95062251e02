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
import type { Handler } from '../handler.js';

const softwareName = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

/**
 * ApiVersions: what is registered is what is told.
 *
 * From version 3 on a client names its software, and a malformed name is refused. A version we do not know is answered
 * in version 0's form with the list all the same: that is how a newer client finds the version to use.
 */
export const apiVersions: Handler = {
  key: ApiKey.ApiVersions,
  handle(call) {
    const request = decodeApiVersionsRequest(call.reader, call.version);
    const response = answer(ErrorCode.NONE);
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

function answer(errorCode: number): ApiVersionsResponse {
  const response = newApiVersionsResponse();
  response.errorCode = errorCode;
  response.apiKeys = advertised();
  return response;
}
