import type { FetchRequest, FetchResponse } from '../../src/protocols/kafka/codec/01-fetch.js';
import type { ApiVersionsRequest, ApiVersionsResponse } from '../../src/protocols/kafka/codec/18-api-versions.js';
import type {
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
} from '../../src/protocols/kafka/codec/23-offset-for-leader-epoch.js';
import type {
  AddPartitionsToTxnRequest,
  AddPartitionsToTxnResponse,
} from '../../src/protocols/kafka/codec/24-add-partitions-to-txn.js';
import type {
  AddOffsetsToTxnRequest,
  AddOffsetsToTxnResponse,
} from '../../src/protocols/kafka/codec/25-add-offsets-to-txn.js';
import type { EndTxnRequest, EndTxnResponse } from '../../src/protocols/kafka/codec/26-end-txn.js';
import type {
  WriteTxnMarkersRequest,
  WriteTxnMarkersResponse,
} from '../../src/protocols/kafka/codec/27-write-txn-markers.js';
import type {
  TxnOffsetCommitRequest,
  TxnOffsetCommitResponse,
} from '../../src/protocols/kafka/codec/28-txn-offset-commit.js';
import type {
  DescribeProducersRequest,
  DescribeProducersResponse,
} from '../../src/protocols/kafka/codec/61-describe-producers.js';
import type {
  DescribeTransactionsRequest,
  DescribeTransactionsResponse,
} from '../../src/protocols/kafka/codec/65-describe-transactions.js';
import type {
  ListTransactionsRequest,
  ListTransactionsResponse,
} from '../../src/protocols/kafka/codec/66-list-transactions.js';
import type { WireApi } from '../kafka/wire-apis.js';
import { decodeFetchResponse, encodeFetchRequest, newFetchRequest } from '../kafka-codec/codec/01-fetch.js';
import {
  decodeApiVersionsResponse,
  encodeApiVersionsRequest,
  newApiVersionsRequest,
} from '../kafka-codec/codec/18-api-versions.js';
import {
  decodeOffsetForLeaderEpochResponse,
  encodeOffsetForLeaderEpochRequest,
  newOffsetForLeaderEpochRequest,
} from '../kafka-codec/codec/23-offset-for-leader-epoch.js';
import {
  decodeAddPartitionsToTxnResponse,
  encodeAddPartitionsToTxnRequest,
  newAddPartitionsToTxnRequest,
} from '../kafka-codec/codec/24-add-partitions-to-txn.js';
import {
  decodeAddOffsetsToTxnResponse,
  encodeAddOffsetsToTxnRequest,
  newAddOffsetsToTxnRequest,
} from '../kafka-codec/codec/25-add-offsets-to-txn.js';
import { decodeEndTxnResponse, encodeEndTxnRequest, newEndTxnRequest } from '../kafka-codec/codec/26-end-txn.js';
import {
  decodeWriteTxnMarkersResponse,
  encodeWriteTxnMarkersRequest,
  newWriteTxnMarkersRequest,
} from '../kafka-codec/codec/27-write-txn-markers.js';
import {
  decodeTxnOffsetCommitResponse,
  encodeTxnOffsetCommitRequest,
  newTxnOffsetCommitRequest,
} from '../kafka-codec/codec/28-txn-offset-commit.js';
import {
  decodeDescribeProducersResponse,
  encodeDescribeProducersRequest,
  newDescribeProducersRequest,
} from '../kafka-codec/codec/61-describe-producers.js';
import {
  decodeDescribeTransactionsResponse,
  encodeDescribeTransactionsRequest,
  newDescribeTransactionsRequest,
} from '../kafka-codec/codec/65-describe-transactions.js';
import {
  decodeListTransactionsResponse,
  encodeListTransactionsRequest,
  newListTransactionsRequest,
} from '../kafka-codec/codec/66-list-transactions.js';

/** The APIs around transactions, as a client speaks them. */

export const fetch: WireApi<FetchRequest, FetchResponse> = {
  name: 'Fetch',
  newRequest: newFetchRequest,
  encode: encodeFetchRequest,
  decode: decodeFetchResponse,
};

export const apiVersions: WireApi<ApiVersionsRequest, ApiVersionsResponse> = {
  name: 'ApiVersions',
  newRequest: newApiVersionsRequest,
  encode: encodeApiVersionsRequest,
  decode: decodeApiVersionsResponse,
};

export const offsetForLeaderEpoch: WireApi<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse> = {
  name: 'OffsetForLeaderEpoch',
  newRequest: newOffsetForLeaderEpochRequest,
  encode: encodeOffsetForLeaderEpochRequest,
  decode: decodeOffsetForLeaderEpochResponse,
};

export const addPartitionsToTxn: WireApi<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse> = {
  name: 'AddPartitionsToTxn',
  newRequest: newAddPartitionsToTxnRequest,
  encode: encodeAddPartitionsToTxnRequest,
  decode: decodeAddPartitionsToTxnResponse,
};

export const addOffsetsToTxn: WireApi<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse> = {
  name: 'AddOffsetsToTxn',
  newRequest: newAddOffsetsToTxnRequest,
  encode: encodeAddOffsetsToTxnRequest,
  decode: decodeAddOffsetsToTxnResponse,
};

export const endTxn: WireApi<EndTxnRequest, EndTxnResponse> = {
  name: 'EndTxn',
  newRequest: newEndTxnRequest,
  encode: encodeEndTxnRequest,
  decode: decodeEndTxnResponse,
};

export const writeTxnMarkers: WireApi<WriteTxnMarkersRequest, WriteTxnMarkersResponse> = {
  name: 'WriteTxnMarkers',
  newRequest: newWriteTxnMarkersRequest,
  encode: encodeWriteTxnMarkersRequest,
  decode: decodeWriteTxnMarkersResponse,
};

export const txnOffsetCommit: WireApi<TxnOffsetCommitRequest, TxnOffsetCommitResponse> = {
  name: 'TxnOffsetCommit',
  newRequest: newTxnOffsetCommitRequest,
  encode: encodeTxnOffsetCommitRequest,
  decode: decodeTxnOffsetCommitResponse,
};

export const describeProducers: WireApi<DescribeProducersRequest, DescribeProducersResponse> = {
  name: 'DescribeProducers',
  newRequest: newDescribeProducersRequest,
  encode: encodeDescribeProducersRequest,
  decode: decodeDescribeProducersResponse,
};

export const describeTransactions: WireApi<DescribeTransactionsRequest, DescribeTransactionsResponse> = {
  name: 'DescribeTransactions',
  newRequest: newDescribeTransactionsRequest,
  encode: encodeDescribeTransactionsRequest,
  decode: decodeDescribeTransactionsResponse,
};

export const listTransactions: WireApi<ListTransactionsRequest, ListTransactionsResponse> = {
  name: 'ListTransactions',
  newRequest: newListTransactionsRequest,
  encode: encodeListTransactionsRequest,
  decode: decodeListTransactionsResponse,
};
