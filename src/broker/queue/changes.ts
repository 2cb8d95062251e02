/** What happens to locked offsets. */
export const toAck = 0;
export const toExtend = 1;
export const toRelease = 2;
export const toReject = 3;
export const toUnsee = 4;

/** What happens to offsets that are not locked. */
export const toLock = 0;
export const toKill = 1;
export const toDiscard = 2;
