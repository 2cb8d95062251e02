// Generated from src/protocols/kafka/schema/51-alter-user-scram-credentials.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  EMPTY_BYTES,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  skipTags,
  writeCompactBytes,
  writeCompactCount,
  writeCompactString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type ScramCredentialDeletion,
  type ScramCredentialUpsertion,
  type AlterUserScramCredentialsRequest,
  type AlterUserScramCredentialsResult,
  type AlterUserScramCredentialsResponse,
} from '../../../src/protocols/kafka/codec/51-alter-user-scram-credentials.js';

function encodeScramCredentialDeletion(writer: ByteWriter, _version: number, value: ScramCredentialDeletion): void {
  writeCompactString(writer, value.name);
  writer.i8(value.mechanism);
  writer.u8(0);
}

export function newScramCredentialDeletion(): ScramCredentialDeletion {
  return { name: '', mechanism: 0 };
}

function encodeScramCredentialUpsertion(writer: ByteWriter, _version: number, value: ScramCredentialUpsertion): void {
  writeCompactString(writer, value.name);
  writer.i8(value.mechanism);
  writer.i32(value.iterations);
  writeCompactBytes(writer, value.salt);
  writeCompactBytes(writer, value.saltedPassword);
  writer.u8(0);
}

export function newScramCredentialUpsertion(): ScramCredentialUpsertion {
  return { name: '', mechanism: 0, iterations: 0, salt: EMPTY_BYTES, saltedPassword: EMPTY_BYTES };
}

export function encodeAlterUserScramCredentialsRequest(writer: ByteWriter, version: number, value: AlterUserScramCredentialsRequest): void {
  writeCompactCount(writer, value.deletions.length);
  for (const element of value.deletions) encodeScramCredentialDeletion(writer, version, element);
  writeCompactCount(writer, value.upsertions.length);
  for (const element of value.upsertions) encodeScramCredentialUpsertion(writer, version, element);
  writer.u8(0);
}

export function newAlterUserScramCredentialsRequest(): AlterUserScramCredentialsRequest {
  return { deletions: [], upsertions: [] };
}

function decodeAlterUserScramCredentialsResult(reader: ByteReader, _version: number): AlterUserScramCredentialsResult {
  const user = readCompactString(reader);
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  skipTags(reader);
  return { user, errorCode, errorMessage };
}

export function decodeAlterUserScramCredentialsResponse(reader: ByteReader, version: number): AlterUserScramCredentialsResponse {
  const throttleTimeMs = reader.i32();
  const results: AlterUserScramCredentialsResult[] = [];
  const resultsCount = readCompactCount(reader, 5);
  for (let left = resultsCount; left > 0; left--) results.push(decodeAlterUserScramCredentialsResult(reader, version));
  skipTags(reader);
  return { throttleTimeMs, results };
}
