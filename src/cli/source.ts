import { path, RequestError, read, type Shared } from './admin-request.js';

export type SourceKind = 'topic' | 'queue' | 'exchange';

export interface Source {
  readonly kind: SourceKind;
  readonly name: string;
}

interface Named {
  readonly name: string;
}

/** What is meant by `orders`, or `queue:orders` where several things have one name. */
export async function sourceOf(text: string, options: Shared, vhost: string): Promise<Source> {
  const named = /^(topic|queue|exchange):(.+)$/s.exec(text);
  if (named !== null) return { kind: named[1] as SourceKind, name: named[2]! };
  const queues = await read<readonly (Named & { readonly type: string })[]>(options, path('queues', vhost));
  const queue = queues.find(({ name }) => name === text);
  if (queue !== undefined) return { kind: queue.type === 'stream' ? 'topic' : 'queue', name: text };
  const exchanges = await read<readonly Named[]>(options, path('exchanges', vhost));
  if (exchanges.some(({ name }) => name === text)) return { kind: 'exchange', name: text };
  throw new RequestError(
    `there is no topic, queue or exchange ${text}: naru topic list, naru queue list and naru exchange list show what is`,
  );
}
