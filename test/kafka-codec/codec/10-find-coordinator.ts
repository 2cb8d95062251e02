// Generated from src/protocols/kafka/schema/10-find-coordinator.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readNullableString,
  readString,
  skipTags,
  writeCompactCount,
  writeCompactString,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type FindCoordinatorRequest,
  type FoundCoordinator,
  type FindCoordinatorResponse,
} from '../../../src/protocols/kafka/codec/10-find-coordinator.js';

export function encodeFindCoordinatorRequest(writer: ByteWriter, version: number, value: FindCoordinatorRequest): void {
  if (version < 4) {
    if (version >= 3) {
      writeCompactString(writer, value.key);
    } else {
      writeString(writer, value.key);
    }
  }
  if (version >= 1) {
    writer.i8(value.keyType);
  }
  if (version >= 4) {
    writeCompactCount(writer, value.coordinatorKeys.length);
    for (const element of value.coordinatorKeys) writeCompactString(writer, element);
  }
  if (version >= 3) writer.u8(0);
}

export function newFindCoordinatorRequest(): FindCoordinatorRequest {
  return { key: '', keyType: 0, coordinatorKeys: [] };
}

function decodeFoundCoordinator(reader: ByteReader, _version: number): FoundCoordinator {
  const key = readCompactString(reader);
  const nodeId = reader.i32();
  const host = readCompactString(reader);
  const port = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  skipTags(reader);
  return { key, nodeId, host, port, errorCode, errorMessage };
}

export function decodeFindCoordinatorResponse(reader: ByteReader, version: number): FindCoordinatorResponse {
  const throttleTimeMs = version >= 1 ? reader.i32() : 0;
  const errorCode = version >= 4 ? 0 : reader.i16();
  const errorMessage = version >= 4 ? null : version >= 3 ? readCompactNullableString(reader) : version >= 1 ? readNullableString(reader) : null;
  const nodeId = version >= 4 ? 0 : reader.i32();
  const host = version >= 4 ? '' : version >= 3 ? readCompactString(reader) : readString(reader);
  const port = version >= 4 ? 0 : reader.i32();
  const coordinators: FoundCoordinator[] = [];
  const coordinatorsCount = version >= 4 ? readCompactCount(reader, 14) : 0;
  for (let left = coordinatorsCount; left > 0; left--) coordinators.push(decodeFoundCoordinator(reader, version));
  if (version >= 3) skipTags(reader);
  return { throttleTimeMs, errorCode, errorMessage, nodeId, host, port, coordinators };
}
