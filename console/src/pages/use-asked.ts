import { useCallback, useEffect, useState } from 'preact/hooks';
import { AskError, ask } from '../ask.js';

/** What is asked once, and again when somebody changed it here: definitions do not move by themselves. */
export function useAsked<T>(path: string): {
  readonly data: T | null;
  readonly error: AskError | null;
  again(): void;
} {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState<AskError | null>(null);
  const [round, setRound] = useState(0);
  // Another round is another question.
  useEffect(() => {
    const control = new AbortController();
    ask<T>('GET', path, undefined, control.signal).then(
      (found) => {
        setData(found);
        setError(null);
      },
      (reason: unknown) => {
        if (!control.signal.aborted) setError(reason instanceof AskError ? reason : new AskError(0, String(reason)));
      },
    );
    return () => control.abort();
  }, [path, round]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  return { data, error, again };
}

/** The envelope of the management API's lists. */
export interface Enveloped<T> {
  readonly total_count: number;
  readonly filtered_count: number;
  readonly page: number;
  readonly page_count: number;
  readonly items: readonly T[];
}
