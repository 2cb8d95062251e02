import type { KafkaLink } from '../kafka-link.js';

/** How far streams are. A queue needs none of it: what was copied is acknowledged and gone. */
export interface StreamPlaces {
  /** Where to go on; null for the beginning. */
  next(stream: string): Promise<number | null>;
  keep(stream: string, next: number): Promise<void>;
}

/** Kept as committed offsets of a topic that is called like the stream: partition 0 of it. */
export class StreamPlacesInNaru implements StreamPlaces {
  private readonly link: KafkaLink;
  private readonly group: string;

  constructor(link: KafkaLink, group: string) {
    this.link = link;
    this.group = group;
  }

  async next(stream: string): Promise<number | null> {
    return (await this.link.committed(this.group, [stream])).get(stream)?.get(0) ?? null;
  }

  async keep(stream: string, next: number): Promise<void> {
    await this.link.commit(this.group, new Map([[stream, new Map([[0, next]])]]));
  }
}
