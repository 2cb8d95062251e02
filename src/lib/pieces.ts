/** The bytes of all pieces together. */
export function piecesBytes(pieces: readonly Buffer[]): number {
  let total = 0;
  for (const piece of pieces) total += piece.length;
  return total;
}

/** What follows the first `count` bytes. */
export function piecesBehind(pieces: readonly Buffer[], count: number): readonly Buffer[] {
  let index = 0;
  let skip = count;
  while (index < pieces.length && skip >= pieces[index]!.length) skip -= pieces[index++]!.length;
  const rest = pieces.slice(index);
  if (skip > 0) rest[0] = rest[0]!.subarray(skip);
  return rest;
}
