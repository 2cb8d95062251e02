// Generated from src/protocols/kafka/schema/60-describe-cluster.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readBool,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
} from './primitives.js';

export interface DescribeClusterRequest {
  includeClusterAuthorizedOperations: boolean;
  endpointType: number;
  includeFencedBrokers: boolean;
}

export function decodeDescribeClusterRequest(reader: ByteReader, version: number): DescribeClusterRequest {
  const includeClusterAuthorizedOperations = readBool(reader);
  const endpointType = version >= 1 ? reader.i8() : 1;
  const includeFencedBrokers = version >= 2 ? readBool(reader) : false;
  skipTags(reader);
  return { includeClusterAuthorizedOperations, endpointType, includeFencedBrokers };
}

export interface DescribeClusterResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  endpointType: number;
  clusterId: string;
  controllerId: number;
  brokers: DescribeClusterBroker[];
  clusterAuthorizedOperations: number;
}

export interface DescribeClusterBroker {
  brokerId: number;
  host: string;
  port: number;
  rack: string | null;
  isFenced: boolean;
}

export function newDescribeClusterBroker(): DescribeClusterBroker {
  return { brokerId: 0, host: '', port: 0, rack: null, isFenced: false };
}

function encodeDescribeClusterBroker(writer: ByteWriter, version: number, value: DescribeClusterBroker): void {
  writer.i32(value.brokerId);
  writeCompactString(writer, value.host);
  writer.i32(value.port);
  writeCompactNullableString(writer, value.rack);
  if (version >= 2) {
    writeBool(writer, value.isFenced);
  }
  writer.u8(0);
}

export function newDescribeClusterResponse(): DescribeClusterResponse {
  return { throttleTimeMs: 0, errorCode: 0, errorMessage: null, endpointType: 1, clusterId: '', controllerId: -1, brokers: [], clusterAuthorizedOperations: -2147483648 };
}

export function encodeDescribeClusterResponse(writer: ByteWriter, version: number, value: DescribeClusterResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  if (version >= 1) {
    writer.i8(value.endpointType);
  }
  writeCompactString(writer, value.clusterId);
  writer.i32(value.controllerId);
  writeCompactCount(writer, value.brokers.length);
  for (const element of value.brokers) encodeDescribeClusterBroker(writer, version, element);
  writer.i32(value.clusterAuthorizedOperations);
  writer.u8(0);
}
