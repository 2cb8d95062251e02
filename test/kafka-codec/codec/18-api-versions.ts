// Generated from src/protocols/kafka/schema/18-api-versions.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  closeReadTag,
  openReadTag,
  readBool,
  readCompactCount,
  readCompactString,
  readCount,
  skipTags,
  writeCompactString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type ApiVersionsRequest,
  type ApiVersionsKey,
  type SupportedFeature,
  type FinalizedFeature,
  type ApiVersionsResponse,
} from '../../../src/protocols/kafka/codec/18-api-versions.js';

export function encodeApiVersionsRequest(writer: ByteWriter, version: number, value: ApiVersionsRequest): void {
  if (version >= 3) {
    writeCompactString(writer, value.clientSoftwareName);
  }
  if (version >= 3) {
    writeCompactString(writer, value.clientSoftwareVersion);
  }
  if (version >= 3) writer.u8(0);
}

export function newApiVersionsRequest(): ApiVersionsRequest {
  return { clientSoftwareName: '', clientSoftwareVersion: '' };
}

function decodeApiVersionsKey(reader: ByteReader, version: number): ApiVersionsKey {
  const apiKey = reader.i16();
  const minVersion = reader.i16();
  const maxVersion = reader.i16();
  if (version >= 3) skipTags(reader);
  return { apiKey, minVersion, maxVersion };
}

function decodeSupportedFeature(reader: ByteReader, _version: number): SupportedFeature {
  const name = readCompactString(reader);
  const minVersion = reader.i16();
  const maxVersion = reader.i16();
  skipTags(reader);
  return { name, minVersion, maxVersion };
}

function decodeFinalizedFeature(reader: ByteReader, _version: number): FinalizedFeature {
  const name = readCompactString(reader);
  const maxVersionLevel = reader.i16();
  const minVersionLevel = reader.i16();
  skipTags(reader);
  return { name, maxVersionLevel, minVersionLevel };
}

export function decodeApiVersionsResponse(reader: ByteReader, version: number): ApiVersionsResponse {
  const errorCode = reader.i16();
  const apiKeys: ApiVersionsKey[] = [];
  const apiKeysCount = version >= 3 ? readCompactCount(reader, 7) : readCount(reader, 6);
  for (let left = apiKeysCount; left > 0; left--) apiKeys.push(decodeApiVersionsKey(reader, version));
  const throttleTimeMs = version >= 1 ? reader.i32() : 0;
  let supportedFeatures: SupportedFeature[] = [];
  let finalizedFeaturesEpoch: number = -1;
  let finalizedFeatures: FinalizedFeature[] = [];
  let zkMigrationReady: boolean = false;
  for (let left = version >= 3 ? reader.uvarint() : 0; left > 0; left--) {
    const tag = reader.uvarint();
    const outerEnd = openReadTag(reader);
    switch (tag) {
      case 0: {
        supportedFeatures = [];
        const supportedFeaturesCount = readCompactCount(reader, 6);
        for (let left = supportedFeaturesCount; left > 0; left--) supportedFeatures.push(decodeSupportedFeature(reader, version));
        break;
      }
      case 1: {
        finalizedFeaturesEpoch = reader.i64();
        break;
      }
      case 2: {
        finalizedFeatures = [];
        const finalizedFeaturesCount = readCompactCount(reader, 6);
        for (let left = finalizedFeaturesCount; left > 0; left--) finalizedFeatures.push(decodeFinalizedFeature(reader, version));
        break;
      }
      case 3: {
        zkMigrationReady = readBool(reader);
        break;
      }
      default:
        reader.position = reader.end;
    }
    closeReadTag(reader, outerEnd);
  }
  return { errorCode, apiKeys, throttleTimeMs, supportedFeatures, finalizedFeaturesEpoch, finalizedFeatures, zkMigrationReady };
}
