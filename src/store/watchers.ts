import type { Watch } from './meta.js';

interface Watcher {
  readonly prefix: string;
  readonly changed: (key: string) => void;
}

/** Who wants to hear of changed keys. */
export class Watchers {
  private readonly watchers = new Set<Watcher>();

  add(prefix: string, changed: (key: string) => void): Watch {
    const watcher: Watcher = { prefix, changed };
    this.watchers.add(watcher);
    return {
      stop: () => {
        this.watchers.delete(watcher);
      },
    };
  }

  tell(key: string): void {
    for (const watcher of this.watchers) {
      if (key.startsWith(watcher.prefix)) watcher.changed(key);
    }
  }
}
