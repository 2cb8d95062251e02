import * as fs from 'node:fs';

/** Calls that go to a thread, as promises; half the way of those of `fs.promises`. */
export function openPath(path: string, flags: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, flags, 0o644, (error, fd) => (error === null ? resolve(fd) : reject(error)));
  });
}

export function readOnce(fd: number, into: Buffer, at: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(fd, into, at, into.length - at, position, (error, count) =>
      error === null ? resolve(count) : reject(error),
    );
  });
}

export function writeOnce(fd: number, pieces: readonly Buffer[], position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, count: number): void => {
      if (error !== null) reject(error);
      else if (count === 0) reject(new Error('the system took no byte'));
      else resolve(count);
    };
    const only = pieces.length === 1 ? pieces[0]! : undefined;
    if (only !== undefined) fs.write(fd, only, 0, only.length, position, done);
    else fs.writev(fd, pieces as Buffer[], position, done);
  });
}

/** fdatasync also brings the size to the disk where reading back what was written needs it. */
export function syncData(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fdatasync(fd, (error) => (error === null ? resolve() : reject(error)));
  });
}

export function truncateTo(fd: number, sizeBytes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.ftruncate(fd, sizeBytes, (error) => (error === null ? resolve() : reject(error)));
  });
}

export function closePath(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.close(fd, (error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}

export function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
}

const unknownCalls: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Whether the file system has no such call, or not with such flags. */
export function isUnknownCall(cause: unknown): boolean {
  return unknownCalls.has(codeOf(cause));
}
