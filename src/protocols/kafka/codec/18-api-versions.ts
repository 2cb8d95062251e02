// Generated from src/protocols/kafka/schema/18-api-versions.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  closeWriteTag,
  openWriteTag,
  readCompactString,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactString,
  writeCount,
} from './primitives.js';

export interface ApiVersionsRequest {
  clientSoftwareName: string;
  clientSoftwareVersion: string;
}

export function decodeApiVersionsRequest(reader: ByteReader, version: number): ApiVersionsRequest {
  const clientSoftwareName = version >= 3 ? readCompactString(reader) : '';
  const clientSoftwareVersion = version >= 3 ? readCompactString(reader) : '';
  if (version >= 3) skipTags(reader);
  return { clientSoftwareName, clientSoftwareVersion };
}

export interface ApiVersionsResponse {
  errorCode: number;
  apiKeys: ApiVersionsKey[];
  throttleTimeMs: number;
  supportedFeatures: SupportedFeature[];
  finalizedFeaturesEpoch: number;
  finalizedFeatures: FinalizedFeature[];
  zkMigrationReady: boolean;
}

export interface FinalizedFeature {
  name: string;
  maxVersionLevel: number;
  minVersionLevel: number;
}

export interface SupportedFeature {
  name: string;
  minVersion: number;
  maxVersion: number;
}

export interface ApiVersionsKey {
  apiKey: number;
  minVersion: number;
  maxVersion: number;
}

export function newApiVersionsKey(): ApiVersionsKey {
  return { apiKey: 0, minVersion: 0, maxVersion: 0 };
}

function encodeApiVersionsKey(writer: ByteWriter, version: number, value: ApiVersionsKey): void {
  writer.i16(value.apiKey);
  writer.i16(value.minVersion);
  writer.i16(value.maxVersion);
  if (version >= 3) writer.u8(0);
}

export function newSupportedFeature(): SupportedFeature {
  return { name: '', minVersion: 0, maxVersion: 0 };
}

function encodeSupportedFeature(writer: ByteWriter, _version: number, value: SupportedFeature): void {
  writeCompactString(writer, value.name);
  writer.i16(value.minVersion);
  writer.i16(value.maxVersion);
  writer.u8(0);
}

export function newFinalizedFeature(): FinalizedFeature {
  return { name: '', maxVersionLevel: 0, minVersionLevel: 0 };
}

function encodeFinalizedFeature(writer: ByteWriter, _version: number, value: FinalizedFeature): void {
  writeCompactString(writer, value.name);
  writer.i16(value.maxVersionLevel);
  writer.i16(value.minVersionLevel);
  writer.u8(0);
}

export function newApiVersionsResponse(): ApiVersionsResponse {
  return { errorCode: 0, apiKeys: [], throttleTimeMs: 0, supportedFeatures: [], finalizedFeaturesEpoch: -1, finalizedFeatures: [], zkMigrationReady: false };
}

export function encodeApiVersionsResponse(writer: ByteWriter, version: number, value: ApiVersionsResponse): void {
  writer.i16(value.errorCode);
  if (version >= 3) {
    writeCompactCount(writer, value.apiKeys.length);
    for (const element of value.apiKeys) encodeApiVersionsKey(writer, version, element);
  } else {
    writeCount(writer, value.apiKeys.length);
    for (const element of value.apiKeys) encodeApiVersionsKey(writer, version, element);
  }
  if (version >= 1) {
    writer.i32(value.throttleTimeMs);
  }
  if (version >= 3) {
    const has_supportedFeatures = value.supportedFeatures.length > 0;
    const has_finalizedFeaturesEpoch = value.finalizedFeaturesEpoch !== -1;
    const has_finalizedFeatures = value.finalizedFeatures.length > 0;
    const has_zkMigrationReady = value.zkMigrationReady !== false;
    writer.u8((has_supportedFeatures ? 1 : 0) + (has_finalizedFeaturesEpoch ? 1 : 0) + (has_finalizedFeatures ? 1 : 0) + (has_zkMigrationReady ? 1 : 0));
    if (has_supportedFeatures) {
      const at = openWriteTag(writer, 0);
      writeCompactCount(writer, value.supportedFeatures.length);
      for (const element of value.supportedFeatures) encodeSupportedFeature(writer, version, element);
      closeWriteTag(writer, at);
    }
    if (has_finalizedFeaturesEpoch) {
      const at = openWriteTag(writer, 1);
      writer.i64(value.finalizedFeaturesEpoch);
      closeWriteTag(writer, at);
    }
    if (has_finalizedFeatures) {
      const at = openWriteTag(writer, 2);
      writeCompactCount(writer, value.finalizedFeatures.length);
      for (const element of value.finalizedFeatures) encodeFinalizedFeature(writer, version, element);
      closeWriteTag(writer, at);
    }
    if (has_zkMigrationReady) {
      const at = openWriteTag(writer, 3);
      writeBool(writer, value.zkMigrationReady);
      closeWriteTag(writer, at);
    }
  }
}
