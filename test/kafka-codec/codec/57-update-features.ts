// Generated from src/protocols/kafka/schema/57-update-features.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type FeatureUpdateKey,
  type UpdateFeaturesRequest,
  type UpdatableFeatureResult,
  type UpdateFeaturesResponse,
} from '../../../src/protocols/kafka/codec/57-update-features.js';

function encodeFeatureUpdateKey(writer: ByteWriter, version: number, value: FeatureUpdateKey): void {
  writeCompactString(writer, value.feature);
  writer.i16(value.maxVersionLevel);
  if (version < 1) {
    writeBool(writer, value.allowDowngrade);
  }
  if (version >= 1) {
    writer.i8(value.upgradeType);
  }
  writer.u8(0);
}

export function newFeatureUpdateKey(): FeatureUpdateKey {
  return { feature: '', maxVersionLevel: 0, allowDowngrade: false, upgradeType: 1 };
}

export function encodeUpdateFeaturesRequest(writer: ByteWriter, version: number, value: UpdateFeaturesRequest): void {
  writer.i32(value.timeoutMs);
  writeCompactCount(writer, value.featureUpdates.length);
  for (const element of value.featureUpdates) encodeFeatureUpdateKey(writer, version, element);
  if (version >= 1) {
    writeBool(writer, value.validateOnly);
  }
  writer.u8(0);
}

export function newUpdateFeaturesRequest(): UpdateFeaturesRequest {
  return { timeoutMs: 60000, featureUpdates: [], validateOnly: false };
}

function decodeUpdatableFeatureResult(reader: ByteReader, _version: number): UpdatableFeatureResult {
  const feature = readCompactString(reader);
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  skipTags(reader);
  return { feature, errorCode, errorMessage };
}

export function decodeUpdateFeaturesResponse(reader: ByteReader, version: number): UpdateFeaturesResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const results: UpdatableFeatureResult[] = [];
  const resultsCount = version >= 2 ? 0 : readCompactCount(reader, 5);
  for (let left = resultsCount; left > 0; left--) results.push(decodeUpdatableFeatureResult(reader, version));
  skipTags(reader);
  return { throttleTimeMs, errorCode, errorMessage, results };
}
