// Generated from src/protocols/kafka/schema/72-push-telemetry.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readBool,
  readCompactBytes,
  readUuid,
  skipTags,
} from './primitives.js';

export interface PushTelemetryRequest {
  clientInstanceId: string;
  subscriptionId: number;
  terminating: boolean;
  compressionType: number;
  metrics: Buffer;
}

export function decodePushTelemetryRequest(reader: ByteReader, _version: number): PushTelemetryRequest {
  const clientInstanceId = readUuid(reader);
  const subscriptionId = reader.i32();
  const terminating = readBool(reader);
  const compressionType = reader.i8();
  const metrics = readCompactBytes(reader);
  skipTags(reader);
  return { clientInstanceId, subscriptionId, terminating, compressionType, metrics };
}

export interface PushTelemetryResponse {
  throttleTimeMs: number;
  errorCode: number;
}

export function newPushTelemetryResponse(): PushTelemetryResponse {
  return { throttleTimeMs: 0, errorCode: 0 };
}

export function encodePushTelemetryResponse(writer: ByteWriter, _version: number, value: PushTelemetryResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  writer.u8(0);
}
