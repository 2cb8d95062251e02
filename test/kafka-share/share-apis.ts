import type {
  ShareGroupHeartbeatRequest,
  ShareGroupHeartbeatResponse,
} from '../../src/protocols/kafka/codec/76-share-group-heartbeat.js';
import type {
  ShareGroupDescribeRequest,
  ShareGroupDescribeResponse,
} from '../../src/protocols/kafka/codec/77-share-group-describe.js';
import type { ShareFetchRequest, ShareFetchResponse } from '../../src/protocols/kafka/codec/78-share-fetch.js';
import type {
  ShareAcknowledgeRequest,
  ShareAcknowledgeResponse,
} from '../../src/protocols/kafka/codec/79-share-acknowledge.js';
import type {
  DescribeShareGroupOffsetsRequest,
  DescribeShareGroupOffsetsResponse,
} from '../../src/protocols/kafka/codec/90-describe-share-group-offsets.js';
import type {
  AlterShareGroupOffsetsRequest,
  AlterShareGroupOffsetsResponse,
} from '../../src/protocols/kafka/codec/91-alter-share-group-offsets.js';
import type {
  DeleteShareGroupOffsetsRequest,
  DeleteShareGroupOffsetsResponse,
} from '../../src/protocols/kafka/codec/92-delete-share-group-offsets.js';
import type { WireApi } from '../kafka/wire-apis.js';
import * as heartbeats from '../kafka-codec/codec/76-share-group-heartbeat.js';
import * as descriptions from '../kafka-codec/codec/77-share-group-describe.js';
import * as fetches from '../kafka-codec/codec/78-share-fetch.js';
import * as acknowledgements from '../kafka-codec/codec/79-share-acknowledge.js';
import * as described from '../kafka-codec/codec/90-describe-share-group-offsets.js';
import * as altered from '../kafka-codec/codec/91-alter-share-group-offsets.js';
import * as deleted from '../kafka-codec/codec/92-delete-share-group-offsets.js';

export const shareGroupHeartbeat: WireApi<ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse> = {
  name: 'ShareGroupHeartbeat',
  newRequest: heartbeats.newShareGroupHeartbeatRequest,
  encode: heartbeats.encodeShareGroupHeartbeatRequest,
  decode: heartbeats.decodeShareGroupHeartbeatResponse,
};
export const shareGroupDescribe: WireApi<ShareGroupDescribeRequest, ShareGroupDescribeResponse> = {
  name: 'ShareGroupDescribe',
  newRequest: descriptions.newShareGroupDescribeRequest,
  encode: descriptions.encodeShareGroupDescribeRequest,
  decode: descriptions.decodeShareGroupDescribeResponse,
};
export const shareFetch: WireApi<ShareFetchRequest, ShareFetchResponse> = {
  name: 'ShareFetch',
  newRequest: fetches.newShareFetchRequest,
  encode: fetches.encodeShareFetchRequest,
  decode: fetches.decodeShareFetchResponse,
};
export const shareAcknowledge: WireApi<ShareAcknowledgeRequest, ShareAcknowledgeResponse> = {
  name: 'ShareAcknowledge',
  newRequest: acknowledgements.newShareAcknowledgeRequest,
  encode: acknowledgements.encodeShareAcknowledgeRequest,
  decode: acknowledgements.decodeShareAcknowledgeResponse,
};
export const describeShareGroupOffsets: WireApi<DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsResponse> = {
  name: 'DescribeShareGroupOffsets',
  newRequest: described.newDescribeShareGroupOffsetsRequest,
  encode: described.encodeDescribeShareGroupOffsetsRequest,
  decode: described.decodeDescribeShareGroupOffsetsResponse,
};
export const alterShareGroupOffsets: WireApi<AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse> = {
  name: 'AlterShareGroupOffsets',
  newRequest: altered.newAlterShareGroupOffsetsRequest,
  encode: altered.encodeAlterShareGroupOffsetsRequest,
  decode: altered.decodeAlterShareGroupOffsetsResponse,
};
export const deleteShareGroupOffsets: WireApi<DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponse> = {
  name: 'DeleteShareGroupOffsets',
  newRequest: deleted.newDeleteShareGroupOffsetsRequest,
  encode: deleted.encodeDeleteShareGroupOffsetsRequest,
  decode: deleted.decodeDeleteShareGroupOffsetsResponse,
};
