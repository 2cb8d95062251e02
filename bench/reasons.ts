/**
 * Why a goal is not reached, as far as profiles say (NARU_BENCH_NODE_OPTIONS=--cpu-prof and `perf`). Shown beside a goal
 * only where the kept results fall short of it.
 */
export type ReasonKey =
  | `amqp-${'rate' | 'core' | 'quorum' | 'classic' | 'cpu' | 'prefetch' | 'many' | '1kb' | 'latency' | 'connections' | 'backlog'}`
  | `kafka-${'produce' | 'consume'}-${'rate' | 'cpu'}`
  | `kafka-${'latency' | 'groups' | 'topics'}`
  | `start-${'time' | 'memory'}`
  | 'own-latency'
  | 'unsynced-latency'
  | `sqs-${'rate' | 'cpu' | 'send' | 'wake' | 'idle'}`;

const twoCores =
  'Broker, generator and the kernel’s writing share two cores, so the broker has less than one to itself; of its own time half is the kernel’s (reads, writes and copies of the sockets and the journal).';
const sync = 'A confirmation waits for the disk’s sync, two at a time at the most: p99 is that of this disk.';

export const reasons: Readonly<Record<ReasonKey, string>> = {
  'amqp-rate': twoCores,
  'amqp-core': twoCores,
  'amqp-quorum': twoCores,
  'amqp-classic': `${twoCores} RabbitMQ’s classic queue confirms before it syncs; Naru syncs.`,
  'amqp-cpu': twoCores,
  'amqp-prefetch':
    'Broker and consumer wait for each other at every hundred messages: two fifths of the time the broker has nothing to do, and a tenth goes into writes to sockets.',
  'amqp-many':
    'Published to 500 queues in turn, messages make no runs: each is a batch with a checksum, an entry of the journal and a range of a ledger of its own. No function has more than a tenth of the time.',
  'amqp-1kb':
    'A kilobyte is copied from the socket, written to the journal and to the socket again: the kernel’s copies are most of it, and the disk’s rate the limit.',
  'amqp-latency': sync,
  'amqp-connections': '',
  'amqp-backlog': '',
  'kafka-produce-rate':
    'acks=all waits for a sync where Kafka’s default does not sync at all (beside the row with flush.messages=1 it is ahead). A write and its flush are two trips to the device; with few batches on their way the broker’s thread is idle a good part of the time. With 100 partitions no run is large enough to go straight to its segment: everything is written twice.',
  'kafka-produce-cpu':
    'Small bundles cost two requests to the device and six changes of thread each, two fifths of the CPU in all; what is read from and written to sockets Kafka pays as well. In bulk it is the copy from the socket and the checksum.',
  'kafka-consume-rate':
    'Kafka hands segments to the socket inside the kernel (sendfile); Naru reads them into memory and writes that out.',
  'kafka-consume-cpu':
    'What is left is the kernel’s work: a program in C that does nothing but read a cached file and write it to a socket takes two thirds of the processor time of one that calls sendfile, as Kafka does, and one that writes the same memory again and again two fifths. Half of Kafka’s is about what the socket takes.',
  'kafka-latency':
    'acks=all waits for a sync, Kafka’s default does not sync; at acks=1 the next bundle waits for the sync of the last.',
  'kafka-groups': '',
  'kafka-topics': '',
  'start-time':
    'Node itself takes 60 ms to come up and loads Naru’s modules for 150 ms more; NATS and Redis are native programs that are there in tens.',
  'start-memory':
    'Node’s heap and code take about 50 MB before Naru is loaded; NATS and Redis are native programs of ten to twenty.',
  'own-latency': sync,
  'unsynced-latency': 'They answer before anything is on the disk; Naru’s confirmation waits for the sync.',
  'sqs-rate':
    'HTTP and JSON are most of a request; a send waits for its sync, ElasticMQ keeps its messages in memory only.',
  'sqs-cpu': 'HTTP and JSON are most of a request.',
  'sqs-send': sync,
  'sqs-wake': `${sync} The message that wakes a poll is synced first.`,
  'sqs-idle': '',
};
