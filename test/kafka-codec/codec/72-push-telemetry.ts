// Generated from src/protocols/kafka/schema/72-push-telemetry.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  EMPTY_BYTES,
  ZERO_UUID,
  skipTags,
  writeBool,
  writeCompactBytes,
  writeUuid,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type PushTelemetryRequest,
  type PushTelemetryResponse,
} from '../../../src/protocols/kafka/codec/72-push-telemetry.js';

export function encodePushTelemetryRequest(writer: ByteWriter, _version: number, value: PushTelemetryRequest): void {
  writeUuid(writer, value.clientInstanceId);
  writer.i32(value.subscriptionId);
  writeBool(writer, value.terminating);
  writer.i8(value.compressionType);
  writeCompactBytes(writer, value.metrics);
  writer.u8(0);
}

export function newPushTelemetryRequest(): PushTelemetryRequest {
  return { clientInstanceId: ZERO_UUID, subscriptionId: 0, terminating: false, compressionType: 0, metrics: EMPTY_BYTES };
}

export function decodePushTelemetryResponse(reader: ByteReader, _version: number): PushTelemetryResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  skipTags(reader);
  return { throttleTimeMs, errorCode };
}
