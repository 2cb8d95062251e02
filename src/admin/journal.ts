import type { Broker } from '../broker/broker.js';
import type { JsonObject } from '../lib/json.js';
import type { Api } from './api.js';

/** Where writes become durable, what they wait for, and what makes publishers wait. */
export function journalRoutes(api: Api): void {
  api.get('/api/journal', 'monitoring', (call) => call.shown(journal(call.broker)));
  api.get('/api/alarms', 'management', ({ broker }) => alarms(broker));
}

function journal({ storage, diskSpace }: Broker): JsonObject {
  const { journal: of, options, refusal } = storage;
  const { kept, free } = of.fileCounts;
  let [segments, segmentBytes] = [0, 0];
  for (const log of storage.logs.values()) {
    segments += log.segments.length;
    segmentBytes += log.sizeBytes - log.tail.bytes;
  }
  return {
    writable: refusal === null,
    refusal: refusal?.message ?? null,
    failures: of.failures,
    durable_bytes: of.bytesTaken,
    pending_bytes: of.pendingBytes,
    files: { kept, free, kept_max: options.journalFilesMax, bytes: of.fileBytes },
    append_ms: latencies(of.appendSeconds),
    sync_ms: latencies(of.syncSeconds),
    tails: { bytes: storage.tailBytes, bytes_max: options.tailBytesMax },
    logs: storage.logs.size,
    segments: { count: segments, bytes: segmentBytes },
    disk: { free_bytes: finite(diskSpace.freeBytes), free_bytes_min: diskSpace.freeBytesMin, low: diskSpace.low },
    publishers_wait: storage.congested || diskSpace.low,
  };
}

/** JSON has no Infinity: what was not looked at yet is null. */
function finite(bytes: number): number | null {
  return Number.isFinite(bytes) ? bytes : null;
}

interface Measured {
  readonly count: number;
  readonly sum: number;
}

function latencies({ count, sum }: Measured): JsonObject {
  return { count, mean: count === 0 ? 0 : Math.round((sum / count) * 1_000_000) / 1000 };
}

/** What makes publishers wait or refuses them now; empty when all is well. */
function alarms({ storage, diskSpace }: Broker): JsonObject[] {
  const list: JsonObject[] = [];
  const { refusal } = storage;
  if (refusal !== null) list.push({ kind: 'journal', refuses: true, reason: refusal.message });
  if (diskSpace.low) {
    const reason = `${diskSpace.freeBytes} bytes are free, and less than ${diskSpace.freeBytesMin} make publishers wait`;
    list.push({ kind: 'disk', refuses: false, reason });
  }
  if (storage.congested) {
    list.push({ kind: 'memory', refuses: false, reason: 'more comes in than is written: publishers wait' });
  }
  return list;
}
