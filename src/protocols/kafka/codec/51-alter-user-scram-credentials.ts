// Generated from src/protocols/kafka/schema/51-alter-user-scram-credentials.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactBytes,
  readCompactCount,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
} from './primitives.js';

export interface AlterUserScramCredentialsRequest {
  deletions: ScramCredentialDeletion[];
  upsertions: ScramCredentialUpsertion[];
}

export interface ScramCredentialUpsertion {
  name: string;
  mechanism: number;
  iterations: number;
  salt: Buffer;
  saltedPassword: Buffer;
}

export interface ScramCredentialDeletion {
  name: string;
  mechanism: number;
}

function decodeScramCredentialDeletion(reader: ByteReader, _version: number): ScramCredentialDeletion {
  const name = readCompactString(reader);
  const mechanism = reader.i8();
  skipTags(reader);
  return { name, mechanism };
}

function decodeScramCredentialUpsertion(reader: ByteReader, _version: number): ScramCredentialUpsertion {
  const name = readCompactString(reader);
  const mechanism = reader.i8();
  const iterations = reader.i32();
  const salt = readCompactBytes(reader);
  const saltedPassword = readCompactBytes(reader);
  skipTags(reader);
  return { name, mechanism, iterations, salt, saltedPassword };
}

export function decodeAlterUserScramCredentialsRequest(reader: ByteReader, version: number): AlterUserScramCredentialsRequest {
  const deletions: ScramCredentialDeletion[] = [];
  const deletionsCount = readCompactCount(reader, 3);
  for (let left = deletionsCount; left > 0; left--) deletions.push(decodeScramCredentialDeletion(reader, version));
  const upsertions: ScramCredentialUpsertion[] = [];
  const upsertionsCount = readCompactCount(reader, 9);
  for (let left = upsertionsCount; left > 0; left--) upsertions.push(decodeScramCredentialUpsertion(reader, version));
  skipTags(reader);
  return { deletions, upsertions };
}

export interface AlterUserScramCredentialsResponse {
  throttleTimeMs: number;
  results: AlterUserScramCredentialsResult[];
}

export interface AlterUserScramCredentialsResult {
  user: string;
  errorCode: number;
  errorMessage: string | null;
}

export function newAlterUserScramCredentialsResult(): AlterUserScramCredentialsResult {
  return { user: '', errorCode: 0, errorMessage: null };
}

function encodeAlterUserScramCredentialsResult(writer: ByteWriter, _version: number, value: AlterUserScramCredentialsResult): void {
  writeCompactString(writer, value.user);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writer.u8(0);
}

export function newAlterUserScramCredentialsResponse(): AlterUserScramCredentialsResponse {
  return { throttleTimeMs: 0, results: [] };
}

export function encodeAlterUserScramCredentialsResponse(writer: ByteWriter, version: number, value: AlterUserScramCredentialsResponse): void {
  writer.i32(value.throttleTimeMs);
  writeCompactCount(writer, value.results.length);
  for (const element of value.results) encodeAlterUserScramCredentialsResult(writer, version, element);
  writer.u8(0);
}
