import type { Call } from '../call.js';

/** As Java prints an address without a name, which is what tools expect: `/10.0.0.7`. */
export function clientHost(call: Call): string {
  const { remote } = call.session.connection.ends;
  return `/${remote.slice(0, remote.lastIndexOf(':')).replace(/^\[|\]$/g, '')}`;
}
