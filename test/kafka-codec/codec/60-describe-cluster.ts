// Generated from src/protocols/kafka/schema/60-describe-cluster.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readBool,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  skipTags,
  writeBool,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type DescribeClusterRequest,
  type DescribeClusterBroker,
  type DescribeClusterResponse,
} from '../../../src/protocols/kafka/codec/60-describe-cluster.js';

export function encodeDescribeClusterRequest(writer: ByteWriter, version: number, value: DescribeClusterRequest): void {
  writeBool(writer, value.includeClusterAuthorizedOperations);
  if (version >= 1) {
    writer.i8(value.endpointType);
  }
  if (version >= 2) {
    writeBool(writer, value.includeFencedBrokers);
  }
  writer.u8(0);
}

export function newDescribeClusterRequest(): DescribeClusterRequest {
  return { includeClusterAuthorizedOperations: false, endpointType: 1, includeFencedBrokers: false };
}

function decodeDescribeClusterBroker(reader: ByteReader, version: number): DescribeClusterBroker {
  const brokerId = reader.i32();
  const host = readCompactString(reader);
  const port = reader.i32();
  const rack = readCompactNullableString(reader);
  const isFenced = version >= 2 ? readBool(reader) : false;
  skipTags(reader);
  return { brokerId, host, port, rack, isFenced };
}

export function decodeDescribeClusterResponse(reader: ByteReader, version: number): DescribeClusterResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const endpointType = version >= 1 ? reader.i8() : 1;
  const clusterId = readCompactString(reader);
  const controllerId = reader.i32();
  const brokers: DescribeClusterBroker[] = [];
  const brokersCount = readCompactCount(reader, 11);
  for (let left = brokersCount; left > 0; left--) brokers.push(decodeDescribeClusterBroker(reader, version));
  const clusterAuthorizedOperations = reader.i32();
  skipTags(reader);
  return { throttleTimeMs, errorCode, errorMessage, endpointType, clusterId, controllerId, brokers, clusterAuthorizedOperations };
}
