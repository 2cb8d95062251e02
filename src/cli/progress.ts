import type { Clock, Timer } from '../lib/clock.js';
import { bytesShown, durationShown } from './output.js';

const drawEveryMs = 100;
const barWidth = 24;

/** How far something is, drawn over and over on one line of a terminal; nothing where nobody looks. */
export class Progress {
  private readonly name: string;
  private readonly clock: Clock;
  private readonly stream: NodeJS.WriteStream;
  private readonly beganMs: number;
  private timer: Timer | null = null;
  private drawn = false;
  messages = 0;
  bytes = 0;
  /** Of `total`, in whatever is counted. */
  at = 0;
  total = 0;

  constructor(name: string, clock: Clock, stream: NodeJS.WriteStream = process.stderr) {
    this.name = name;
    this.clock = clock;
    this.stream = stream;
    this.beganMs = clock.monotonic();
    if (stream.isTTY === true) this.schedule();
  }

  get elapsedMs(): number {
    return this.clock.monotonic() - this.beganMs;
  }

  close(): void {
    this.timer?.cancel();
    if (this.drawn) this.stream.write('\r\u001b[K');
  }

  private schedule(): void {
    this.timer = this.clock.after(drawEveryMs, () => {
      const width = this.stream.columns > 0 ? this.stream.columns : 80;
      this.stream.write(`\r${progressLine(this.name, this, this.elapsedMs, width - 1)}\u001b[K`);
      this.drawn = true;
      this.schedule();
    });
  }
}

interface Far {
  readonly messages: number;
  readonly bytes: number;
  readonly at: number;
  readonly total: number;
}

export function progressLine(
  name: string,
  { messages, bytes, at, total }: Far,
  elapsedMs: number,
  width: number,
): string {
  const rate = elapsedMs > 0 ? bytesShown((bytes / elapsedMs) * 1000) : '0 B';
  const parts = [`${messages.toLocaleString('en')} messages`, `${rate}/s`];
  if (total > 0) {
    const share = Math.min(1, at / total);
    const full = Math.round(share * barWidth);
    parts.unshift(`${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${String(Math.floor(share * 100)).padStart(3)} %`);
    if (share > 0 && share < 1)
      parts.push(`${durationShown(Math.ceil((elapsedMs / share - elapsedMs) / 1000) * 1000)} left`);
  }
  const line = [name, ...parts].join('  ');
  return [...line].slice(0, width).join('');
}
