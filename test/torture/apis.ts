import { ApiKey } from '../../src/protocols/kafka/codec/apis.js';
import { decodeProduceResponse, encodeProduceRequest } from '../kafka-codec/codec/00-produce.js';
import { decodeFetchResponse, encodeFetchRequest } from '../kafka-codec/codec/01-fetch.js';
import { decodeListOffsetsResponse, encodeListOffsetsRequest } from '../kafka-codec/codec/02-list-offsets.js';
import { decodeMetadataResponse, encodeMetadataRequest } from '../kafka-codec/codec/03-metadata.js';
import { decodeOffsetCommitResponse, encodeOffsetCommitRequest } from '../kafka-codec/codec/08-offset-commit.js';
import { decodeOffsetFetchResponse, encodeOffsetFetchRequest } from '../kafka-codec/codec/09-offset-fetch.js';
import { decodeJoinGroupResponse, encodeJoinGroupRequest } from '../kafka-codec/codec/11-join-group.js';
import { decodeSyncGroupResponse, encodeSyncGroupRequest } from '../kafka-codec/codec/14-sync-group.js';
import { decodeApiVersionsResponse, encodeApiVersionsRequest } from '../kafka-codec/codec/18-api-versions.js';
import { decodeCreateTopicsResponse, encodeCreateTopicsRequest } from '../kafka-codec/codec/19-create-topics.js';
import { decodeDeleteTopicsResponse, encodeDeleteTopicsRequest } from '../kafka-codec/codec/20-delete-topics.js';
import { decodeInitProducerIdResponse, encodeInitProducerIdRequest } from '../kafka-codec/codec/22-init-producer-id.js';
import type { Api } from './wire-client.js';

function api<Request, Response>(
  key: number,
  encode: Api<Request, Response>['encode'],
  decode: Api<Request, Response>['decode'],
): Api<Request, Response> {
  return { key, encode, decode };
}

type Of<Encode, Decode> = Encode extends (writer: never, version: number, request: infer Request) => void
  ? Decode extends (reader: never, version: number) => infer Response
    ? Api<Request, Response>
    : never
  : never;

/** The APIs that the tests over real sockets use. */
export const apis: {
  readonly produce: Of<typeof encodeProduceRequest, typeof decodeProduceResponse>;
  readonly fetch: Of<typeof encodeFetchRequest, typeof decodeFetchResponse>;
  readonly listOffsets: Of<typeof encodeListOffsetsRequest, typeof decodeListOffsetsResponse>;
  readonly metadata: Of<typeof encodeMetadataRequest, typeof decodeMetadataResponse>;
  readonly offsetCommit: Of<typeof encodeOffsetCommitRequest, typeof decodeOffsetCommitResponse>;
  readonly offsetFetch: Of<typeof encodeOffsetFetchRequest, typeof decodeOffsetFetchResponse>;
  readonly joinGroup: Of<typeof encodeJoinGroupRequest, typeof decodeJoinGroupResponse>;
  readonly syncGroup: Of<typeof encodeSyncGroupRequest, typeof decodeSyncGroupResponse>;
  readonly apiVersions: Of<typeof encodeApiVersionsRequest, typeof decodeApiVersionsResponse>;
  readonly createTopics: Of<typeof encodeCreateTopicsRequest, typeof decodeCreateTopicsResponse>;
  readonly deleteTopics: Of<typeof encodeDeleteTopicsRequest, typeof decodeDeleteTopicsResponse>;
  readonly initProducerId: Of<typeof encodeInitProducerIdRequest, typeof decodeInitProducerIdResponse>;
} = {
  produce: api(ApiKey.Produce, encodeProduceRequest, decodeProduceResponse),
  fetch: api(ApiKey.Fetch, encodeFetchRequest, decodeFetchResponse),
  listOffsets: api(ApiKey.ListOffsets, encodeListOffsetsRequest, decodeListOffsetsResponse),
  metadata: api(ApiKey.Metadata, encodeMetadataRequest, decodeMetadataResponse),
  offsetCommit: api(ApiKey.OffsetCommit, encodeOffsetCommitRequest, decodeOffsetCommitResponse),
  offsetFetch: api(ApiKey.OffsetFetch, encodeOffsetFetchRequest, decodeOffsetFetchResponse),
  joinGroup: api(ApiKey.JoinGroup, encodeJoinGroupRequest, decodeJoinGroupResponse),
  syncGroup: api(ApiKey.SyncGroup, encodeSyncGroupRequest, decodeSyncGroupResponse),
  apiVersions: api(ApiKey.ApiVersions, encodeApiVersionsRequest, decodeApiVersionsResponse),
  createTopics: api(ApiKey.CreateTopics, encodeCreateTopicsRequest, decodeCreateTopicsResponse),
  deleteTopics: api(ApiKey.DeleteTopics, encodeDeleteTopicsRequest, decodeDeleteTopicsResponse),
  initProducerId: api(ApiKey.InitProducerId, encodeInitProducerIdRequest, decodeInitProducerIdResponse),
};
