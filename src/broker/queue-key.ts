/** The virtual host that is always there, and that names of other fronts are in. */
export const defaultVhost = '/';

/**
 * What a queue is known by among all queues: its bare name in the default virtual host, so that every front finds it
 * there, and `<vhost> NUL <name>` elsewhere. A bare name that has a NUL itself would read as one of another virtual
 * host, and is written in full. Names of virtual hosts have no NUL.
 */
export function queueKey(vhost: string, name: string): string {
  return vhost === defaultVhost && !name.includes('\0') ? name : `${vhost}\0${name}`;
}

export interface QueuePlace {
  readonly vhost: string;
  readonly name: string;
}

/** The way back from `queueKey`. */
export function queuePlace(key: string): QueuePlace {
  const at = key.indexOf('\0');
  return at < 0 ? { vhost: defaultVhost, name: key } : { vhost: key.slice(0, at), name: key.slice(at + 1) };
}
