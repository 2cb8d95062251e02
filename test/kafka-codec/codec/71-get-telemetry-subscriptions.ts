// Generated from src/protocols/kafka/schema/71-get-telemetry-subscriptions.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  ZERO_UUID,
  readBool,
  readCompactCount,
  readCompactString,
  readUuid,
  skipTags,
  writeUuid,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type GetTelemetrySubscriptionsRequest,
  type GetTelemetrySubscriptionsResponse,
} from '../../../src/protocols/kafka/codec/71-get-telemetry-subscriptions.js';

export function encodeGetTelemetrySubscriptionsRequest(writer: ByteWriter, _version: number, value: GetTelemetrySubscriptionsRequest): void {
  writeUuid(writer, value.clientInstanceId);
  writer.u8(0);
}

export function newGetTelemetrySubscriptionsRequest(): GetTelemetrySubscriptionsRequest {
  return { clientInstanceId: ZERO_UUID };
}

export function decodeGetTelemetrySubscriptionsResponse(reader: ByteReader, _version: number): GetTelemetrySubscriptionsResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const clientInstanceId = readUuid(reader);
  const subscriptionId = reader.i32();
  const acceptedCompressionTypes: number[] = [];
  const acceptedCompressionTypesCount = readCompactCount(reader, 1);
  for (let left = acceptedCompressionTypesCount; left > 0; left--) acceptedCompressionTypes.push(reader.i8());
  const pushIntervalMs = reader.i32();
  const telemetryMaxBytes = reader.i32();
  const deltaTemporality = readBool(reader);
  const requestedMetrics: string[] = [];
  const requestedMetricsCount = readCompactCount(reader, 1);
  for (let left = requestedMetricsCount; left > 0; left--) requestedMetrics.push(readCompactString(reader));
  skipTags(reader);
  return { throttleTimeMs, errorCode, clientInstanceId, subscriptionId, acceptedCompressionTypes, pushIntervalMs, telemetryMaxBytes, deltaTemporality, requestedMetrics };
}
