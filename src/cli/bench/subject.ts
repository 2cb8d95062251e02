/** One front that is measured: how a batch goes in and comes out by it. */
export interface Subject {
  readonly front: string;
  /** What one request holds, where nothing else is said. */
  readonly batch: number;
  /** Requests that are on their way at a time. */
  readonly inFlight: number;
  prepare(): Promise<void>;
  /** Resolves when they are durable. */
  produce(payloads: readonly Buffer[]): Promise<void>;
  /** Takes so many out; answers how many there were. */
  consume(count: number): Promise<number>;
  /** Leaves nothing behind. */
  close(): Promise<void>;
}
