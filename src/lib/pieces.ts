/** The bytes of all pieces together. */
export function piecesBytes(pieces: readonly Buffer[]): number {
  let total = 0;
  for (const piece of pieces) total += piece.length;
  return total;
}
