import type { Peer, RunningPeer } from './peers/peer.js';

/** How long and how often things are measured. */
export interface Effort {
  readonly quick: boolean;
  readonly rounds: number;
  readonly warmupSeconds: number;
  readonly seconds: number;
}

/** At a given rate little happens: what is compiled when it is used often takes so much longer to be. */
export const moreWarmupAtRate = 2;

export const quickEffort: Effort = { quick: true, rounds: 1, warmupSeconds: 1, seconds: 2 };
export const fullEffort: Effort = { quick: false, rounds: 2, warmupSeconds: 1, seconds: 3 };

/** What is measured, by the name of the number: see metrics.ts for those there are. */
export type Sample = Readonly<Record<string, number>>;

/** A broker under measurement, with its folder, so that a workload may start it again. */
export interface Target {
  readonly peer: Peer;
  /** Another one after `start`. */
  readonly running: RunningPeer;
  readonly folder: string;
  /** Of the variant that is measured. */
  readonly topicConfigs: Readonly<Record<string, string>>;
  /** Tells topics of different workloads apart. */
  readonly topic: string;
  /** With `start` behind it: another process on the same folder. */
  stop(): Promise<void>;
  /** As `stop`, but as `kill -9` does it. */
  kill(): Promise<void>;
  /** Answers how many milliseconds it took until it served. */
  start(): Promise<number>;
}

/** A peer set up in another way than the one it is first measured in, for the workloads that name it. */
export interface Variant {
  readonly of: string;
  readonly title: string;
  readonly topicConfigs: Readonly<Record<string, string>>;
}

/** One row of a table, measured with one generator. */
export interface Workload {
  readonly name: string;
  readonly generator: string;
  readonly variants: readonly Variant[];
  /** Why its generator cannot run here, with what to do about it. */
  missing(): string | undefined;
  /** Whether a peer can do it at all; all can unless this says no. */
  suits?(peer: Peer): boolean;
  /** How long one sample takes, about; the warm-up and the time measured unless it is told. */
  lasts?(effort: Effort, peer: Peer): number;
  measure(target: Target, effort: Effort): Promise<Sample>;
  /** What the generator reaches against a sink; undefined where rate is not what is measured. */
  sink?(effort: Effort): Promise<Sample>;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Names of the peers that it can be run with: the first one, or with `together` all, unless another is asked for. */
  readonly peers: readonly string[];
  readonly together?: boolean;
  /** Where more would take too long for what they tell. */
  readonly roundsMax?: number;
  readonly workloads: readonly Workload[];
  /** Brings a fresh broker up to its working temperature; not measured. */
  warmUp?(target: Target, effort: Effort): Promise<void>;
}
