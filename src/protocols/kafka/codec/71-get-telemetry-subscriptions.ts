// Generated from src/protocols/kafka/schema/71-get-telemetry-subscriptions.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  readUuid,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactString,
  writeUuid,
} from './primitives.js';

export interface GetTelemetrySubscriptionsRequest {
  clientInstanceId: string;
}

export function decodeGetTelemetrySubscriptionsRequest(reader: ByteReader, _version: number): GetTelemetrySubscriptionsRequest {
  const clientInstanceId = readUuid(reader);
  skipTags(reader);
  return { clientInstanceId };
}

export interface GetTelemetrySubscriptionsResponse {
  throttleTimeMs: number;
  errorCode: number;
  clientInstanceId: string;
  subscriptionId: number;
  acceptedCompressionTypes: number[];
  pushIntervalMs: number;
  telemetryMaxBytes: number;
  deltaTemporality: boolean;
  requestedMetrics: string[];
}

export function newGetTelemetrySubscriptionsResponse(): GetTelemetrySubscriptionsResponse {
  return { throttleTimeMs: 0, errorCode: 0, clientInstanceId: ZERO_UUID, subscriptionId: 0, acceptedCompressionTypes: [], pushIntervalMs: 0, telemetryMaxBytes: 0, deltaTemporality: false, requestedMetrics: [] };
}

export function encodeGetTelemetrySubscriptionsResponse(writer: ByteWriter, _version: number, value: GetTelemetrySubscriptionsResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  writeUuid(writer, value.clientInstanceId);
  writer.i32(value.subscriptionId);
  writeCompactCount(writer, value.acceptedCompressionTypes.length);
  for (const element of value.acceptedCompressionTypes) writer.i8(element);
  writer.i32(value.pushIntervalMs);
  writer.i32(value.telemetryMaxBytes);
  writeBool(writer, value.deltaTemporality);
  writeCompactCount(writer, value.requestedMetrics.length);
  for (const element of value.requestedMetrics) writeCompactString(writer, element);
  writer.u8(0);
}
