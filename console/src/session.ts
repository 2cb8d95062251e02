import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { ask } from './ask.js';

export interface Session {
  /** There are no users: nobody is asked who they are. */
  readonly open: boolean;
  readonly user: { readonly name: string; readonly tags: readonly string[] } | null;
  readonly readOnly: boolean;
}

const path = '/api/console/session';

export function readSession(): Promise<Session> {
  return ask<Session>('GET', path);
}

export function logIn(name: string, password: string): Promise<Session> {
  return ask<Session>('POST', path, { name, password });
}

export function logOut(): Promise<void> {
  return ask<void>('DELETE', path);
}

export const SessionContext = createContext<Session>({ open: false, user: null, readOnly: true });

export function useSession(): Session {
  return useContext(SessionContext);
}

export function isAdministrator({ user }: Session): boolean {
  return user?.tags.includes('administrator') === true;
}
