import { useEffect, useState } from 'preact/hooks';
import { type Query, withQuery } from './ask.js';

/** Where somebody is: the part of the address behind `#`, so that one file serves every page. */
export interface Route {
  /** `['queues', '/', 'orders']` */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

function routeNow(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const parts = path.split('/').filter((each) => each !== '');
  return { path: parts.map(decoded), query: new URLSearchParams(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function useRoute(): Route {
  const [route, setRoute] = useState(routeNow);
  useEffect(() => {
    const changed = (): void => setRoute(routeNow());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}

/** The address of a page. */
export function to(path: readonly string[], query: Query = {}): string {
  return withQuery(`#/${path.map(encodeURIComponent).join('/')}`, query);
}

export function go(path: readonly string[], query: Query = {}): void {
  location.hash = to(path, query);
}

/** Changes what follows the question mark without a step that the back button would take. */
export function replaceQuery(route: Route, query: Query): void {
  const all: Record<string, string> = Object.fromEntries(route.query);
  history.replaceState(null, '', to(route.path, { ...all, ...query }));
  dispatchEvent(new HashChangeEvent('hashchange'));
}
