/** What a front's connections have done since it opened: plain numbers that only grow, counted by chunks. */
export class ConnectionCounts {
  opened = 0;
  closed = 0;
  /** Turned away: there were too many. */
  refused = 0;
  receivedBytes = 0;
  sentBytes = 0;

  get open(): number {
    return this.opened - this.closed;
  }
}
