/**
 * What went through a channel, for listings and metrics: plain numbers that only grow, counted by runs. What a channel
 * counted is added to its connection when it ends, and what a connection counted to the front.
 */
export class Traffic {
  published = 0;
  /** Told to be safe where it goes, or refused. */
  confirmed = 0;
  refused = 0;
  /** Came by no route: sent back, or gone. */
  returned = 0;
  dropped = 0;
  /** Handed to consumers, with acks and without. */
  delivered = 0;
  deliveredNoAck = 0;
  got = 0;
  gotNoAck = 0;
  gotEmpty = 0;
  /** Of all handed out, what had been handed out before. */
  redelivered = 0;
  acknowledged = 0;

  add(other: Traffic): void {
    this.published += other.published;
    this.confirmed += other.confirmed;
    this.refused += other.refused;
    this.returned += other.returned;
    this.dropped += other.dropped;
    this.delivered += other.delivered;
    this.deliveredNoAck += other.deliveredNoAck;
    this.got += other.got;
    this.gotNoAck += other.gotNoAck;
    this.gotEmpty += other.gotEmpty;
    this.redelivered += other.redelivered;
    this.acknowledged += other.acknowledged;
  }
}
