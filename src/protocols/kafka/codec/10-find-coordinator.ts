// Generated from src/protocols/kafka/schema/10-find-coordinator.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactCount,
  readCompactString,
  readString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeNullableString,
  writeString,
} from './primitives.js';

export interface FindCoordinatorRequest {
  key: string;
  keyType: number;
  coordinatorKeys: string[];
}

export function decodeFindCoordinatorRequest(reader: ByteReader, version: number): FindCoordinatorRequest {
  const key = version >= 4 ? '' : version >= 3 ? readCompactString(reader) : readString(reader);
  const keyType = version >= 1 ? reader.i8() : 0;
  const coordinatorKeys: string[] = [];
  const coordinatorKeysCount = version >= 4 ? readCompactCount(reader, 1) : 0;
  for (let left = coordinatorKeysCount; left > 0; left--) coordinatorKeys.push(readCompactString(reader));
  if (version >= 3) skipTags(reader);
  return { key, keyType, coordinatorKeys };
}

export interface FindCoordinatorResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  nodeId: number;
  host: string;
  port: number;
  coordinators: FoundCoordinator[];
}

export interface FoundCoordinator {
  key: string;
  nodeId: number;
  host: string;
  port: number;
  errorCode: number;
  errorMessage: string | null;
}

export function newFoundCoordinator(): FoundCoordinator {
  return { key: '', nodeId: 0, host: '', port: 0, errorCode: 0, errorMessage: null };
}

function encodeFoundCoordinator(writer: ByteWriter, _version: number, value: FoundCoordinator): void {
  writeCompactString(writer, value.key);
  writer.i32(value.nodeId);
  writeCompactString(writer, value.host);
  writer.i32(value.port);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writer.u8(0);
}

export function newFindCoordinatorResponse(): FindCoordinatorResponse {
  return { throttleTimeMs: 0, errorCode: 0, errorMessage: null, nodeId: 0, host: '', port: 0, coordinators: [] };
}

export function encodeFindCoordinatorResponse(writer: ByteWriter, version: number, value: FindCoordinatorResponse): void {
  if (version >= 1) {
    writer.i32(value.throttleTimeMs);
  }
  if (version < 4) {
    writer.i16(value.errorCode);
  }
  if (version < 4) {
    if (version >= 3) {
      writeCompactNullableString(writer, value.errorMessage);
    } else if (version >= 1) {
      writeNullableString(writer, value.errorMessage);
    }
  }
  if (version < 4) {
    writer.i32(value.nodeId);
  }
  if (version < 4) {
    if (version >= 3) {
      writeCompactString(writer, value.host);
    } else {
      writeString(writer, value.host);
    }
  }
  if (version < 4) {
    writer.i32(value.port);
  }
  if (version >= 4) {
    writeCompactCount(writer, value.coordinators.length);
    for (const element of value.coordinators) encodeFoundCoordinator(writer, version, element);
  }
  if (version >= 3) writer.u8(0);
}
