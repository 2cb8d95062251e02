import { performance } from 'node:perf_hooks';
import { version } from '../../lib/version.js';
import { openDescriptors } from '../../store/descriptors.js';
import { type Exposition, labels } from './exposition.js';
import type { Scrape } from './scrape.js';

/** The process, by the names that every Prometheus client has for it. */
export function processMetrics(out: Exposition, { facts, lag, clock }: Scrape): void {
  out.gauge('naru_build_info', 'What runs.', 1, labels({ version, node_version: process.version }));
  out.gauge('naru_uptime_seconds', 'Time since the start.', facts.uptimeMs / 1000);
  out.histogram(
    'naru_event_loop_lag_seconds',
    'How much later than asked for the event loop came to what was due, looked at ten times a second.',
    lag.seconds,
  );
  // Its type says that these are milliseconds.
  const active = performance.eventLoopUtilization().active / 1000;
  out.counter('naru_event_loop_active_seconds_total', 'Time that the event loop was at work.', active);
  const { user, system } = process.cpuUsage();
  out.counter('process_cpu_seconds_total', 'Processor time, of all threads.', (user + system) / 1e6);
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  out.gauge('process_resident_memory_bytes', 'Memory in use.', rss);
  out.family('naru_memory_bytes', 'gauge', 'Memory by what it is for; the buffers are part of what is external.');
  const kinds = { heap_used: heapUsed, heap_total: heapTotal, external, buffers: arrayBuffers };
  for (const [kind, bytes] of Object.entries(kinds)) out.sample(bytes, labels({ kind }));
  const startedS = (clock.now() - facts.uptimeMs) / 1000;
  out.gauge('process_start_time_seconds', 'Start, in seconds since 1970.', Math.round(startedS));
  const descriptors = openDescriptors();
  if (descriptors === null) return;
  out.gauge('process_open_fds', 'Open file descriptors.', descriptors.open);
  out.gauge('process_max_fds', 'File descriptors that may be open.', descriptors.most);
}
