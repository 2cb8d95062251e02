import type { ApiVersionsRequest, ApiVersionsResponse } from '../../src/protocols/kafka/codec/18-api-versions.js';
import type { OffsetDeleteRequest, OffsetDeleteResponse } from '../../src/protocols/kafka/codec/47-offset-delete.js';
import type {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from '../../src/protocols/kafka/codec/68-consumer-group-heartbeat.js';
import type {
  ConsumerGroupDescribeRequest,
  ConsumerGroupDescribeResponse,
} from '../../src/protocols/kafka/codec/69-consumer-group-describe.js';
import type { WireApi } from '../kafka/wire-apis.js';
import {
  decodeApiVersionsResponse,
  encodeApiVersionsRequest,
  newApiVersionsRequest,
} from '../kafka-codec/codec/18-api-versions.js';
import {
  decodeOffsetDeleteResponse,
  encodeOffsetDeleteRequest,
  newOffsetDeleteRequest,
} from '../kafka-codec/codec/47-offset-delete.js';
import {
  decodeConsumerGroupHeartbeatResponse,
  encodeConsumerGroupHeartbeatRequest,
  newConsumerGroupHeartbeatRequest,
} from '../kafka-codec/codec/68-consumer-group-heartbeat.js';
import {
  decodeConsumerGroupDescribeResponse,
  encodeConsumerGroupDescribeRequest,
  newConsumerGroupDescribeRequest,
} from '../kafka-codec/codec/69-consumer-group-describe.js';

export const apiVersions: WireApi<ApiVersionsRequest, ApiVersionsResponse> = {
  name: 'ApiVersions',
  newRequest: newApiVersionsRequest,
  encode: encodeApiVersionsRequest,
  decode: decodeApiVersionsResponse,
};

export const offsetDelete: WireApi<OffsetDeleteRequest, OffsetDeleteResponse> = {
  name: 'OffsetDelete',
  newRequest: newOffsetDeleteRequest,
  encode: encodeOffsetDeleteRequest,
  decode: decodeOffsetDeleteResponse,
};

export const consumerGroupHeartbeat: WireApi<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse> = {
  name: 'ConsumerGroupHeartbeat',
  newRequest: newConsumerGroupHeartbeatRequest,
  encode: encodeConsumerGroupHeartbeatRequest,
  decode: decodeConsumerGroupHeartbeatResponse,
};

export const consumerGroupDescribe: WireApi<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse> = {
  name: 'ConsumerGroupDescribe',
  newRequest: newConsumerGroupDescribeRequest,
  encode: encodeConsumerGroupDescribeRequest,
  decode: decodeConsumerGroupDescribeResponse,
};
