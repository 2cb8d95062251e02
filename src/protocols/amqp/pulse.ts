import { ByteWriter } from '../../lib/byte-writer.js';
import type { AmqpChannel } from './channel/channel.js';
import { AmqpError, replyCodes } from './errors.js';
import { frameType } from './frame.js';
import type { AmqpSession } from './session.js';

const noPayload = new ByteWriter(0);
/** Silent for so many intervals, a client is taken for gone. */
const silentIntervalsMax = 2.5;

/**
 * What becomes due on a connection with time: heartbeats both ways, credentials that run out, and acks that do not come.
 * The front calls once a second, so that no connection has a timer of its own.
 */
export class Pulse {
  private readonly session: AmqpSession;
  private sentMs = 0;
  private heardMs: number;

  constructor(session: AmqpSession) {
    this.session = session;
    this.heardMs = session.context.clock.monotonic();
  }

  /** Bytes came: any are as good as a heartbeat. */
  heard(): void {
    this.heardMs = this.session.context.clock.monotonic();
  }

  sent(): void {
    this.sentMs = this.session.context.clock.monotonic();
  }

  beat(nowMs: number): void {
    const { session } = this;
    if (session.state !== 'running') return;
    if (session.context.clock.now() >= session.identityExpiresMs) {
      session.closeFor(new AmqpError(replyCodes.connectionForced, 'credentials expired'));
      return;
    }
    const { paused } = session.connection;
    for (const channel of session.channels.values()) this.watch(channel, nowMs, paused);
    const { heartbeatMs } = session;
    if (heartbeatMs === 0) return;
    if (nowMs - this.sentMs >= heartbeatMs / 2) {
      this.sentMs = nowMs;
      session.out.frame(frameType.heartbeat, 0, noPayload);
    }
    // While it is made to wait nothing can be heard of it.
    if (paused) this.heardMs = nowMs;
    else if (nowMs - this.heardMs >= heartbeatMs * silentIntervalsMax) session.connection.destroy('no heartbeat came');
  }

  /** Deliveries are waited for no longer than the options, their queue or their consumer allow. */
  private watch(channel: AmqpChannel, nowMs: number, paused: boolean): void {
    if (paused) {
      channel.ages.clear();
      return;
    }
    const timeoutMs = channel.lateAck(nowMs);
    if (timeoutMs > 0) this.session.failed(channel, tooLate(channel.number, timeoutMs));
  }
}

function tooLate(channel: number, timeoutMs: number): AmqpError {
  return new AmqpError(
    replyCodes.preconditionFailed,
    `delivery acknowledgement on channel ${channel} timed out. Timeout value used: ${timeoutMs} ms. ` +
      'This timeout value can be configured, see consumers doc guide to learn more',
  );
}
