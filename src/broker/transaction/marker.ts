import { controlBit, transactionalBit } from '../../log/batch.js';
import { BatchBuilder } from '../../log/records.js';

const keyVersion = 0;
const markerType = { abort: 0, commit: 1 } as const;
const valueVersion = 0;
const noSequence = -1;

const builder: BatchBuilder = new BatchBuilder();
const key: Buffer = Buffer.alloc(4);
const value: Buffer = Buffer.alloc(6);

/** The control batch that ends a producer's transaction in one partition, in Kafka's form. */
export function markerBatch(
  producerId: number,
  epoch: number,
  committed: boolean,
  coordinatorEpoch: number,
  nowMs: number,
): Buffer {
  key.writeInt16BE(keyVersion, 0);
  key.writeInt16BE(committed ? markerType.commit : markerType.abort, 2);
  value.writeInt16BE(valueVersion, 0);
  value.writeInt32BE(coordinatorEpoch, 2);
  builder.clear();
  builder.add(key, value, nowMs);
  return builder.build(transactionalBit | controlBit, producerId, epoch, noSequence);
}
