/** How a client says who it is: messages there and back (RFC 4422) until it is known or refused. */
export interface Exchange {
  /** Takes the client's next message. Called again only when the step before has ended. */
  step(message: Buffer): Promise<Step>;
}

export type Step =
  | { readonly kind: 'challenge'; readonly message: Buffer }
  | { readonly kind: 'done'; readonly message: Buffer; readonly identity: Identity }
  /** The reason is for the log of this broker: a client learns no more than that it was refused. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface Identity {
  readonly principal: string;
  /** Until when it holds, by the wall clock; Infinity for ever. */
  readonly expiresMs: number;
}

export const nothing: Buffer = Buffer.alloc(0);

export function refused(reason: string): Step {
  return { kind: 'refused', reason };
}
