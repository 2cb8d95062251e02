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

interface Socket {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  once(event: 'close', listener: () => void): unknown;
}

/** The same of an HTTP server, whose sockets count for themselves. */
export class SocketCounts {
  opened = 0;
  closed = 0;
  readonly refused = 0;
  private readonly sockets = new Set<Socket>();
  private pastReceived = 0;
  private pastSent = 0;

  add(socket: Socket): void {
    this.opened++;
    this.sockets.add(socket);
    socket.once('close', () => {
      this.closed++;
      this.sockets.delete(socket);
      this.pastReceived += socket.bytesRead;
      this.pastSent += socket.bytesWritten;
    });
  }

  get open(): number {
    return this.sockets.size;
  }

  get receivedBytes(): number {
    let bytes = this.pastReceived;
    for (const socket of this.sockets) bytes += socket.bytesRead;
    return bytes;
  }

  get sentBytes(): number {
    let bytes = this.pastSent;
    for (const socket of this.sockets) bytes += socket.bytesWritten;
    return bytes;
  }
}
