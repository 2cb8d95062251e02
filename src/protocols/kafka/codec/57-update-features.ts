// Generated from src/protocols/kafka/schema/57-update-features.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readBool,
  readCompactCount,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
} from './primitives.js';

export interface UpdateFeaturesRequest {
  timeoutMs: number;
  featureUpdates: FeatureUpdateKey[];
  validateOnly: boolean;
}

export interface FeatureUpdateKey {
  feature: string;
  maxVersionLevel: number;
  allowDowngrade: boolean;
  upgradeType: number;
}

function decodeFeatureUpdateKey(reader: ByteReader, version: number): FeatureUpdateKey {
  const feature = readCompactString(reader);
  const maxVersionLevel = reader.i16();
  const allowDowngrade = version >= 1 ? false : readBool(reader);
  const upgradeType = version >= 1 ? reader.i8() : 1;
  skipTags(reader);
  return { feature, maxVersionLevel, allowDowngrade, upgradeType };
}

export function decodeUpdateFeaturesRequest(reader: ByteReader, version: number): UpdateFeaturesRequest {
  const timeoutMs = reader.i32();
  const featureUpdates: FeatureUpdateKey[] = [];
  const featureUpdatesCount = readCompactCount(reader, 5);
  for (let left = featureUpdatesCount; left > 0; left--) featureUpdates.push(decodeFeatureUpdateKey(reader, version));
  const validateOnly = version >= 1 ? readBool(reader) : false;
  skipTags(reader);
  return { timeoutMs, featureUpdates, validateOnly };
}

export interface UpdateFeaturesResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  results: UpdatableFeatureResult[];
}

export interface UpdatableFeatureResult {
  feature: string;
  errorCode: number;
  errorMessage: string | null;
}

export function newUpdatableFeatureResult(): UpdatableFeatureResult {
  return { feature: '', errorCode: 0, errorMessage: null };
}

function encodeUpdatableFeatureResult(writer: ByteWriter, _version: number, value: UpdatableFeatureResult): void {
  writeCompactString(writer, value.feature);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writer.u8(0);
}

export function newUpdateFeaturesResponse(): UpdateFeaturesResponse {
  return { throttleTimeMs: 0, errorCode: 0, errorMessage: null, results: [] };
}

export function encodeUpdateFeaturesResponse(writer: ByteWriter, version: number, value: UpdateFeaturesResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  if (version < 2) {
    writeCompactCount(writer, value.results.length);
    for (const element of value.results) encodeUpdatableFeatureResult(writer, version, element);
  }
  writer.u8(0);
}
