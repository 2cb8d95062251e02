import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { BrokerProcess } from '../torture/broker-process.js';

/** A broker that is watched from outside: what it holds, as its own metrics and the system tell. */
export class WatchedBroker extends BrokerProcess {
  /** The most that was resident, as far as anybody looked. */
  peakMb = 0;

  static async begin(data: string, options: readonly string[] = []): Promise<WatchedBroker> {
    const broker = new WatchedBroker(data, options);
    if (!(await broker.ready())) throw new Error(`the broker does not start: ${JSON.stringify(broker.lines)}`);
    return broker;
  }

  get residentMb(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    const mb = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
    this.peakMb = Math.max(this.peakMb, mb);
    return mb;
  }

  get descriptors(): number {
    return readdirSync(`/proc/${this.child.pid}/fd`).length;
  }

  /** Of the descriptors, those that are sockets, whoever is at the other end. */
  get sockets(): number {
    const folder = `/proc/${this.child.pid}/fd`;
    return readdirSync(folder).filter((name) => {
      try {
        return readlinkSync(`${folder}/${name}`).startsWith('socket:');
      } catch {
        return false;
      }
    }).length;
  }

  /** One number of its metrics: `naru_memory_bytes{kind="heap_used"}`. */
  async metric(name: string): Promise<number> {
    return (await this.metrics()).get(name) ?? 0;
  }

  async metrics(): Promise<ReadonlyMap<string, number>> {
    const text = await (await fetch(`${this.httpUrl}/metrics`)).text();
    const values = new Map<string, number>();
    for (const line of text.split('\n')) {
      const at = line.lastIndexOf(' ');
      if (at > 0 && !line.startsWith('#')) values.set(line.slice(0, at), Number(line.slice(at + 1)));
    }
    return values;
  }
}

/** Runs `act` for each number below `count`, so many at a time. */
export async function each(count: number, atATime: number, act: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atATime, count) }, worker));
}
