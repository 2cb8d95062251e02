import { ByteReader, DecodeError } from '../lib/byte-reader.js';
import { ByteWriter } from '../lib/byte-writer.js';
import {
  attributes,
  baseOffset,
  baseTimestamp,
  batchBytes,
  batchHeaderBytes,
  compression,
  lastOffsetDelta,
  logAppendTimeBit,
  maxTimestamp,
  noProducerId,
  putBatchHeader,
  recordCount,
  seal,
} from './batch.js';
import { decompress } from './compression.js';

/**
 * Walks the records of one batch. The cursor itself is the record: `next` moves its fields, and nothing is made per
 * record. Positions point into `bytes`, which is the batch or, for a compressed one, its inflated records.
 */
export class RecordCursor {
  bytes: Buffer;
  private readonly reader: ByteReader;
  private left: number;
  private readonly firstOffset: number;
  private readonly lastDelta: number;
  private readonly firstTimestamp: number;
  /** The time the broker took the batch in, where that is the time of all its records; NaN where each has its own. */
  private readonly appendTimestamp: number;
  private deltaBefore = -1;

  offset = 0;
  timestamp = 0;
  /** Where the record lies, from its length to its last byte. */
  start = 0;
  end = 0;
  /** A length of -1 is a null key or value. */
  keyAt = 0;
  keyLength = -1;
  valueAt = 0;
  valueLength = -1;
  headerCount = 0;
  headersAt = 0;

  constructor(batch: Buffer, at: number, inflatedBytesMax: number) {
    const end = at + batchBytes(batch, at);
    const codec = compression(batch, at);
    if (codec === 0) {
      this.bytes = batch;
      this.reader = new ByteReader(batch, at + batchHeaderBytes, end);
    } else {
      this.bytes = decompress(codec, batch.subarray(at + batchHeaderBytes, end), inflatedBytesMax);
      this.reader = new ByteReader(this.bytes);
    }
    this.left = recordCount(batch, at);
    this.firstOffset = baseOffset(batch, at);
    this.lastDelta = lastOffsetDelta(batch, at);
    this.firstTimestamp = baseTimestamp(batch, at);
    const stamped = (attributes(batch, at) & logAppendTimeBit) !== 0;
    this.appendTimestamp = stamped ? maxTimestamp(batch, at) : Number.NaN;
  }

  /** False behind the last record. Throws DecodeError on records that are not as their lengths say. */
  next(): boolean {
    if (this.left === 0) return false;
    this.left--;
    const reader = this.reader;
    this.start = reader.position;
    const length = reader.varint();
    this.end = reader.position + length;
    if (length < 6 || this.end > reader.end) throw new DecodeError(`a record of ${length} bytes`);
    reader.i8();
    const created = this.firstTimestamp + reader.varint();
    this.timestamp = Number.isNaN(this.appendTimestamp) ? created : this.appendTimestamp;
    const delta = reader.varint();
    if (delta <= this.deltaBefore || delta > this.lastDelta) throw new DecodeError(`an offset delta of ${delta}`);
    this.deltaBefore = delta;
    this.offset = this.firstOffset + delta;
    this.keyLength = reader.varint();
    this.keyAt = this.keyLength < 0 ? reader.position : reader.take(this.keyLength);
    this.valueLength = reader.varint();
    this.valueAt = this.valueLength < 0 ? reader.position : reader.take(this.valueLength);
    this.headerCount = reader.varint();
    this.headersAt = reader.position;
    if (this.headerCount < 0 || reader.position > this.end) throw new DecodeError('a record longer than it says');
    reader.position = this.end;
    return true;
  }

  key(): Buffer | null {
    return this.keyLength < 0 ? null : this.bytes.subarray(this.keyAt, this.keyAt + this.keyLength);
  }

  /** Made anew at each call: for what handles single records anyway. */
  headers(): RecordHeader[] {
    const reader = new ByteReader(this.bytes, this.headersAt, this.end);
    const headers: RecordHeader[] = [];
    for (let left = this.headerCount; left > 0; left--) {
      const key = reader.utf8(reader.varint());
      const length = reader.varint();
      headers.push({ key, value: length < 0 ? null : reader.view(length) });
    }
    return headers;
  }

  value(): Buffer | null {
    return this.valueLength < 0 ? null : this.bytes.subarray(this.valueAt, this.valueAt + this.valueLength);
  }
}

export interface RecordHeader {
  readonly key: string;
  readonly value: Buffer | null;
}

/** Builds a batch of the broker's own: committed offsets, records written by other fronts. */
export class BatchBuilder {
  private readonly records: ByteWriter = new ByteWriter(1024);
  private readonly record: ByteWriter = new ByteWriter(256);
  private count = 0;
  private lastDelta = -1;
  private firstTimestamp = 0;
  private largestTimestamp = 0;

  get recordCount(): number {
    return this.count;
  }

  /** Bytes the batch has so far, before compression. */
  get sizeBytes(): number {
    return batchHeaderBytes + this.records.length;
  }

  clear(): void {
    this.records.clear();
    this.count = 0;
    this.lastDelta = -1;
  }

  add(key: Buffer | null, value: Buffer | null, timestamp: number, headers: readonly RecordHeader[] = []): void {
    this.addAt(this.lastDelta + 1, key, value, timestamp, headers);
  }

  /** `delta`: the record's offset behind the batch's base, larger than that of the one before. */
  addAt(
    delta: number,
    key: Buffer | null,
    value: Buffer | null,
    timestamp: number,
    headers: readonly RecordHeader[] = [],
  ): void {
    if (this.count === 0) {
      this.firstTimestamp = timestamp;
      this.largestTimestamp = timestamp;
    }
    const record = this.record;
    record.clear();
    record.u8(0);
    record.varint(timestamp - this.firstTimestamp);
    record.varint(delta);
    putNullable(record, key);
    putNullable(record, value);
    record.varint(headers.length);
    for (const header of headers) {
      record.varint(Buffer.byteLength(header.key));
      record.utf8(header.key);
      putNullable(record, header.value);
    }
    this.records.varint(record.length);
    this.records.view(record.bytes());
    this.count++;
    this.lastDelta = delta;
    this.largestTimestamp = Math.max(this.largestTimestamp, timestamp);
  }

  /** The batch in memory of its own, with base offset 0 and sealed. */
  build(batchAttributes = 0, idOfProducer: number = noProducerId, epoch = -1, sequence = -1): Buffer {
    const size = batchHeaderBytes + this.records.length;
    const batch = Buffer.allocUnsafeSlow(size);
    this.records.buffer.copy(batch, batchHeaderBytes, 0, this.records.length);
    putBatchHeader(
      batch,
      0,
      size,
      batchAttributes,
      this.lastDelta,
      this.firstTimestamp,
      this.largestTimestamp,
      idOfProducer,
      epoch,
      sequence,
      this.count,
    );
    seal(batch, 0);
    return batch;
  }
}

function putNullable(into: ByteWriter, bytes: Buffer | null): void {
  if (bytes === null) {
    into.varint(-1);
  } else {
    into.varint(bytes.length);
    into.view(bytes);
  }
}
