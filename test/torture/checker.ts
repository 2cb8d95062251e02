import type { SeededRandom } from '../../src/lib/random.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import type { History, PartitionHistory, ScanState } from './history.js';
import { scanStart } from './history.js';
import { fetchFrom } from './reader.js';
import { WireClient } from './wire-client.js';

const bytesMax = 8 * 1024 * 1024;
/** Where a check that is not to read everything begins: as far as the third check before this one came. */
const checksBack = 3;

/** After a start: reads the partitions to their end and holds them against the history. */
export class Checker {
  private readonly history: History;
  private readonly random: SeededRandom;
  private readonly ends: Map<PartitionHistory, ScanState>[] = [];

  constructor(history: History, random: SeededRandom) {
    this.history = history;
    this.random = random;
  }

  async check(port: number, whole: boolean): Promise<void> {
    const client = await WireClient.connect(port);
    const before = whole ? undefined : this.ends.at(-checksBack);
    const ends = new Map<PartitionHistory, ScanState>();
    for (const partition of this.history.partitions) {
      ends.set(partition, await this.scan(client, partition, before?.get(partition) ?? scanStart));
    }
    this.ends.push(ends);
    if (this.ends.length > checksBack) this.ends.shift();
    client.close();
    await client.closed;
  }

  private async scan(client: WireClient, partition: PartitionHistory, from: ScanState): Promise<ScanState> {
    let state = from;
    for (;;) {
      const wanted = [{ partition, offset: state.offset }];
      const [fetched] = await fetchFrom(client, wanted, this.random, bytesMax, 0);
      const { errorCode, highWatermark, bytes } = fetched!;
      if (errorCode !== ErrorCode.NONE) {
        this.history.violation(`${partition.name}: error ${errorCode} at offset ${state.offset} after the start`);
        // What may be promised behind it is not there.
        this.history.readToEnd(partition, state, Math.max(highWatermark, state.offset), 'the check');
        return state;
      }
      const next = bytes.length === 0 ? state : this.history.read(partition, state, bytes, 'the check');
      const stuck = next.offset === state.offset;
      state = next;
      if (stuck || state.offset >= highWatermark) {
        this.history.readToEnd(partition, state, highWatermark, 'the check');
        return state;
      }
    }
  }
}
