import {
  decodeDescribeClusterRequest,
  encodeDescribeClusterResponse,
  newDescribeClusterResponse,
} from '../codec/60-describe-cluster.js';
import { ApiKey } from '../codec/apis.js';
import { advertisedHost } from '../context.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { authorizedClusterOperations } from './authorize.js';

const endpoint = { brokers: 1, controllers: 2 } as const;

/** DescribeCluster. From version 1 on controllers can be asked for: they are not to be found at a broker's address. */
export const describeCluster: Handler = {
  key: ApiKey.DescribeCluster,
  handle(call) {
    const request = decodeDescribeClusterRequest(call.reader, call.version);
    const { settings, nodes } = call.context;
    const response = newDescribeClusterResponse();
    response.clusterId = settings.clusterId;
    if (request.endpointType === endpoint.brokers) {
      const host = advertisedHost(call.session.connection, settings);
      response.controllerId = nodes.controllerId;
      for (const { id, port } of nodes.all()) {
        response.brokers.push({ brokerId: id, host, port, rack: null, isFenced: false });
      }
      if (request.includeClusterAuthorizedOperations) {
        response.clusterAuthorizedOperations = authorizedClusterOperations(call);
      }
    } else if (request.endpointType === endpoint.controllers) {
      response.errorCode = ErrorCode.MISMATCHED_ENDPOINT_TYPE;
      response.errorMessage = 'The request was sent to an endpoint of type BROKER, but we wanted a CONTROLLER.';
    } else {
      response.errorCode = ErrorCode.UNSUPPORTED_ENDPOINT_TYPE;
      response.errorMessage = `Unsupported endpoint type ${request.endpointType}`;
    }
    call.respond(encodeDescribeClusterResponse, response);
  },
};
