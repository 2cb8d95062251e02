import { ExtraHeaders, messageHeader } from '../queue/message.js';
import { MessageCursor } from '../queue/message-cursor.js';
import { MessageRun } from '../queue/message-run.js';
import type { Headers } from '../routing/headers.js';
import { headersForRecord } from '../views.js';

/** Headers behind an envelope that mean something there: a client's header of such a name stays in the envelope only. */
const ownHeaders: ReadonlySet<string> = new Set(Object.values(messageHeader));

/** Batches of queues as readers of topics are to see them: with the headers that lie in the envelope behind it. */
export class RecordBatches {
  private readonly headersOf: (message: MessageCursor) => Headers | null;
  private readonly walked = new MessageCursor(null);
  private readonly run = new MessageRun();
  private readonly extra = new ExtraHeaders();

  constructor(headersOf: (message: MessageCursor) => Headers | null) {
    this.headersOf = headersOf;
  }

  /** The same batch where there is nothing to add. Another one begins at offset 0, and is good until the next call. */
  asRecords(bytes: Buffer): Buffer {
    const { walked } = this;
    walked.open(bytes, 0);
    let plain = true;
    while (plain && walked.next()) plain = walked.extraCount === 0 && this.headersOf(walked) === null;
    const batch = plain ? bytes : this.withHeaders(bytes);
    walked.rest();
    return batch;
  }

  private withHeaders(bytes: Buffer): Buffer {
    const { walked, run, extra } = this;
    walked.open(bytes, 0);
    for (let first = true; walked.next(); first = false) {
      if (first) walked.beginRun(run);
      extra.clear();
      const deathsAt = walked.extraCount > 0 ? walked.find(messageHeader.deaths) : -1;
      if (deathsAt >= 0)
        extra.add(messageHeader.deaths, walked.bytes.subarray(deathsAt, deathsAt + walked.foundLength));
      for (const [name, value] of headersForRecord(this.headersOf(walked) ?? new Map())) {
        if (!ownHeaders.has(name)) extra.add(name, value);
      }
      walked.addTo(run, extra.bytes(), extra.count);
    }
    return run.sealed();
  }
}
