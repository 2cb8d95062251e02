import { connect, type Socket } from 'node:net';
import { ByteReader } from '../../src/lib/byte-reader.js';
import { PieceWriter } from '../../src/lib/piece-writer.js';
import type { Records } from '../../src/protocols/kafka/codec/primitives.js';
import { requestHeaderVersion, responseHeaderVersion } from '../../src/protocols/kafka/frame.js';

/** One API as a client sees it: the test-side half of the codec. */
export interface Api<Request, Response> {
  readonly key: number;
  encode(writer: PieceWriter, version: number, request: Request): void;
  decode(reader: ByteReader, version: number): Response;
}

/** The connection is gone, or the broker said something that is no answer. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

interface Waiting {
  readonly correlationId: number;
  readonly take: (body: Buffer) => void;
  readonly fail: (error: Error) => void;
}

const noBytes = Buffer.alloc(0);

/** The bytes of one request, with its length in front. */
export function requestBytes<Request>(
  api: Pick<Api<Request, unknown>, 'key' | 'encode'>,
  version: number,
  request: Request,
  correlationId = 1,
  clientId = 'wire',
): Buffer {
  const writer = new PieceWriter();
  writer.beginFrame();
  writer.i16(api.key);
  writer.i16(version);
  writer.i32(correlationId);
  writer.i16(clientId.length);
  writer.utf8(clientId);
  if (requestHeaderVersion(api.key, version) === 2) writer.u8(0);
  api.encode(writer, version, request);
  writer.endFrame();
  const pieces: Buffer[] = [];
  writer.takeInto(pieces);
  return Buffer.concat(pieces);
}

export function bytesOf(records: Records | null): Buffer {
  if (records === null) return noBytes;
  return Buffer.isBuffer(records) ? records : Buffer.concat(records);
}

/**
 * A pipelining Kafka connection with nothing between the caller and the bytes: no retries, no metadata, no versions
 * of its own choice. What is asked on it after the broker is gone fails with a WireError.
 */
export class WireClient {
  private readonly socket: Socket;
  private readonly waiting: Waiting[] = [];
  private chunks: Buffer[] = [];
  private received = 0;
  private nextId = 1;
  private gone: Error | undefined;
  readonly closed: Promise<void>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.took(chunk));
    socket.on('error', (error) => this.end(error));
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.end(new WireError('the connection was closed'));
        resolve();
      });
    });
  }

  static connect(port: number): Promise<WireClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new WireClient(socket));
      });
    });
  }

  get open(): boolean {
    return this.gone === undefined;
  }

  /** Requests whose answers have not come. */
  get pending(): number {
    return this.waiting.length;
  }

  call<Request, Response>(api: Api<Request, Response>, version: number, request: Request): Promise<Response> {
    return new Promise((resolve, reject) => {
      if (this.gone !== undefined) {
        reject(this.gone);
        return;
      }
      const correlationId = this.nextId++;
      this.waiting.push({
        correlationId,
        fail: reject,
        take: (body) => {
          const reader = new ByteReader(body, 4);
          if (responseHeaderVersion(api.key, version) === 1) reader.uvarint();
          const response = api.decode(reader, version);
          if (reader.remaining > 0) throw new WireError(`an answer with ${reader.remaining} bytes too many`);
          resolve(response);
        },
      });
      this.socket.write(requestBytes(api, version, request, correlationId));
    });
  }

  /** Sends what is never answered, such as a produce request with acks=0. */
  post<Request>(api: Api<Request, unknown>, version: number, request: Request): void {
    if (this.gone === undefined) this.socket.write(requestBytes(api, version, request, this.nextId++));
  }

  /** Answers when what was sent has been taken by the system. */
  drained(): Promise<void> {
    if (this.socket.writableLength === 0 || this.gone !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.socket.once('drain', resolve);
      this.socket.once('close', resolve);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private took(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.received += chunk.length;
    try {
      this.handAnswers();
    } catch (error) {
      this.end(error as Error);
      this.socket.destroy();
    }
  }

  private handAnswers(): void {
    while (this.received >= 4) {
      if (this.chunks[0]!.length < 4) this.join();
      const size = this.chunks[0]!.readInt32BE(0);
      if (this.received < size + 4) return;
      if (this.chunks[0]!.length < size + 4) this.join();
      const whole = this.chunks[0]!;
      const body = whole.subarray(4, size + 4);
      this.received -= size + 4;
      if (whole.length === size + 4) this.chunks.shift();
      else this.chunks[0] = whole.subarray(size + 4);
      const next = this.waiting.shift();
      if (next === undefined) throw new WireError('an answer nobody asked for');
      try {
        if (body.readInt32BE(0) !== next.correlationId) throw new WireError('answers are not in the order of requests');
        next.take(body);
      } catch (error) {
        next.fail(error as Error);
        throw error;
      }
    }
  }

  private join(): void {
    this.chunks = [Buffer.concat(this.chunks)];
  }

  private end(error: Error): void {
    if (this.gone !== undefined) return;
    this.gone = error instanceof WireError ? error : new WireError(error.message, { cause: error });
    for (const waiting of this.waiting.splice(0)) waiting.fail(this.gone);
  }
}
