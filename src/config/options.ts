import { type OptionRow, type OptionType, parseValue } from './option-value.js';
import { storageOptions } from './storage-options.js';
import { tracingOptions } from './tracing-options.js';

/**
 * Every option, once. The flag (`--kafka-port`), the environment variable (`NARU_KAFKA_PORT`), the YAML key
 * (`kafka-port`), the help, `docs/config.md` and the type `Options` all come from this table. Defaults and bounds
 * are written as a person would write them.
 */
const table = {
  config: {
    group: 'General',
    type: 'file',
    default: '',
    help: 'YAML file with options, one `name: value` a line; flags and environment variables win over it',
  },
  data: {
    group: 'General',
    type: 'folder',
    default: './data',
    help: 'Folder everything is kept in; made when missing',
  },
  memory: {
    group: 'General',
    type: 'boolean',
    default: 'false',
    help: 'Keep everything in memory and forget it at the end; no data folder is used',
  },
  host: {
    group: 'General',
    type: 'text',
    default: '127.0.0.1',
    help: 'Address every front listens on; one that is not loopback needs users (see admin-user) or --insecure',
  },
  insecure: {
    group: 'General',
    type: 'boolean',
    default: 'false',
    help: 'Let anybody who reaches the host connect without a password while there are no users',
  },
  advertisedHost: {
    group: 'General',
    type: 'text',
    default: '',
    help: 'Host name that clients are told to connect to; when empty, the address they reached',
  },
  loadDefinitions: {
    group: 'General',
    type: 'file',
    default: '',
    help: 'Definitions, as RabbitMQ or naru exports them, to import at every start: users, virtual hosts, queues and the like',
  },
  nodeId: {
    group: 'General',
    type: 'count',
    default: '1',
    min: '0',
    max: '2147483647',
    help: 'Number of this node, Kafka’s broker.id',
  },
  logLevel: {
    group: 'General',
    type: 'choice',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    help: 'Least severe log lines to write (to standard error)',
  },
  logFormat: {
    group: 'General',
    type: 'choice',
    choices: ['text', 'json'],
    default: 'text',
    help: 'Log lines for people or one JSON record each; the ready line follows it',
  },

  kafka: { group: 'Fronts', type: 'boolean', default: 'true', help: 'Serve Kafka clients' },
  kafkaBrokers: {
    group: 'Fronts',
    type: 'count',
    default: '1',
    min: '1',
    max: '100',
    help: 'Kafka brokers this process stands for, each on a port of its own from kafka-port on: for programs that expect a cluster',
  },
  kafkaPort: { group: 'Fronts', type: 'port', default: '9092', help: 'Port for Kafka clients; 0 takes a free one' },
  amqp: { group: 'Fronts', type: 'boolean', default: 'true', help: 'Serve AMQP 0-9-1 (RabbitMQ) clients' },
  amqpPort: { group: 'Fronts', type: 'port', default: '5672', help: 'Port for AMQP 0-9-1 clients; 0 takes a free one' },
  sqs: { group: 'Fronts', type: 'boolean', default: 'true', help: 'Serve Amazon SQS clients' },
  sqsPort: { group: 'Fronts', type: 'port', default: '9324', help: 'Port for Amazon SQS clients; 0 takes a free one' },
  http: { group: 'Fronts', type: 'boolean', default: 'true', help: 'Serve health and the REST API' },
  httpPort: {
    group: 'Fronts',
    type: 'port',
    default: '15672',
    help: 'Port for health, metrics and the REST API; 0 takes a free one',
  },
  metrics: { group: 'Fronts', type: 'boolean', default: 'false', help: 'Serve /metrics on metrics-port too' },
  metricsPort: { group: 'Fronts', type: 'port', default: '15692', help: 'Port for metrics alone; 0 takes a free one' },
  metricsObjectsMax: {
    group: 'Fronts',
    type: 'count',
    default: '10000',
    min: '0',
    help: 'Queues, partitions, and groups’ places in them, that metrics tell of one by one: so many of each',
  },
  connectionsMax: {
    group: 'Fronts',
    type: 'count',
    default: '20000',
    min: '1',
    help: 'Connections a front has open at a time; further ones are refused',
  },
  connectionIdleMs: {
    group: 'Fronts',
    type: 'duration',
    default: '10m',
    min: '0',
    help: 'Close a connection on which nothing moved for this long; 0 never does',
  },
  connectionWriteQueueBytesMax: {
    group: 'Fronts',
    type: 'bytes',
    default: '8MiB',
    min: '64KiB',
    help: 'Bytes that may wait for a client that does not read; then its requests wait',
  },
  closeGraceMs: {
    group: 'Fronts',
    type: 'duration',
    default: '5s',
    min: '0',
    help: 'At the end, time that requests in flight have to finish before their connections are cut',
  },

  adminUser: {
    group: 'Security',
    type: 'text',
    default: '',
    help: 'Administrator made at the start if there is no such user; the password is in NARU_ADMIN_PASSWORD or a file',
  },
  adminPasswordFile: {
    group: 'Security',
    type: 'file',
    default: '',
    help: 'File with the password of admin-user; a line end behind it does not count',
  },
  superusers: {
    group: 'Security',
    type: 'text',
    default: '',
    help: 'Who may do everything besides administrators: names or principals (User:CN=ops), separated by ;',
  },
  allowAnonymous: {
    group: 'Security',
    type: 'boolean',
    default: 'false',
    help: 'Although there are users, serve clients that do not say who they are as User:ANONYMOUS, under the ACLs',
  },
  allowWithoutAcl: {
    group: 'Security',
    type: 'boolean',
    default: 'false',
    help: 'Let every user at what no ACL is about (allow.everyone.if.no.acl.found)',
  },
  reauthenticationMs: {
    group: 'Security',
    type: 'duration',
    default: '0',
    min: '0',
    help: 'Time after which a connection has to authenticate again; 0 never (connections.max.reauth.ms)',
  },
  authenticationFailureDelayMs: {
    group: 'Security',
    type: 'duration',
    default: '100ms',
    min: '0',
    max: '1m',
    help: 'How long the answer to a failed authentication is held back (connection.failed.authentication.delay.ms)',
  },
  tlsCert: {
    group: 'Security',
    type: 'file',
    default: '',
    help: 'Certificate chain in PEM; with it and tls-key the Kafka and AMQP ports speak TLS; see http-tls and sqs-tls. SIGHUP reads the files again',
  },
  tlsKey: { group: 'Security', type: 'file', default: '', help: 'Private key of the certificate, in PEM' },
  tlsCa: {
    group: 'Security',
    type: 'file',
    default: '',
    help: 'Certificates in PEM that those of clients are checked against',
  },
  httpTls: {
    group: 'Security',
    type: 'boolean',
    default: 'false',
    help: 'Speak TLS on the HTTP ports too (http-port, metrics-port), with the same certificate',
  },
  sqsTls: {
    group: 'Security',
    type: 'boolean',
    default: 'false',
    help: 'Speak TLS on the SQS port too, with the same certificate',
  },
  tlsClientAuth: {
    group: 'Security',
    type: 'choice',
    choices: ['none', 'request', 'require'],
    default: 'none',
    help: 'Whether clients show a certificate; its subject is then who they are (ssl.client.auth)',
  },
  oauthJwks: {
    group: 'Security',
    type: 'text',
    default: '',
    help: 'File or https address of the keys that sign tokens (JWKS); turns the mechanism OAUTHBEARER on',
  },
  oauthIssuer: { group: 'Security', type: 'text', default: '', help: 'Issuer that tokens must name; empty for any' },
  oauthAudience: {
    group: 'Security',
    type: 'text',
    default: '',
    help: 'Audience that tokens must name; empty for any',
  },
  oauthSubjectClaim: {
    group: 'Security',
    type: 'text',
    default: 'sub',
    help: 'Claim of a token that is the user’s name',
  },
  oauthClockSkewMs: {
    group: 'Security',
    type: 'duration',
    default: '30s',
    min: '0',
    max: '10m',
    help: 'How far the clock of whoever makes tokens may be off',
  },

  sqsRegion: {
    group: 'SQS',
    type: 'text',
    default: 'us-east-1',
    help: 'Region in ARNs, and that signatures have to be for',
  },
  sqsAccount: { group: 'SQS', type: 'text', default: '000000000000', help: 'Account number in queue URLs and ARNs' },
  sqsUrl: {
    group: 'SQS',
    type: 'text',
    default: '',
    help: 'What queue URLs begin with (http://host:port); empty for the host that the request was sent to',
  },

  amqpProduct: {
    group: 'AMQP',
    type: 'text',
    default: 'Naru',
    help: 'What clients are told they talk to; some look for RabbitMQ',
  },
  amqpVersion: {
    group: 'AMQP',
    type: 'text',
    default: '',
    help: 'The version clients are told; empty for that of this program. Some look for one of RabbitMQ',
  },
  amqpFrameBytesMax: {
    group: 'AMQP',
    type: 'bytes',
    default: '128KiB',
    min: '8KiB',
    max: '128MiB',
    help: 'Largest frame that is offered to clients (frame_max)',
  },
  amqpChannelsMax: {
    group: 'AMQP',
    type: 'count',
    default: '2047',
    min: '1',
    max: '65535',
    help: 'Most channels a connection is offered (channel_max)',
  },
  amqpHeartbeatMs: {
    group: 'AMQP',
    type: 'duration',
    default: '1m',
    min: '0',
    max: '18h',
    help: 'Time between heartbeats that clients are offered, in whole seconds; 0 for none (heartbeat)',
  },
  amqpMessageBytesMax: {
    group: 'AMQP',
    type: 'bytes',
    default: '16MiB',
    min: '1KiB',
    max: '512MiB',
    help: 'Largest body of a message (max_message_size)',
  },
  amqpConsumerTimeoutMs: {
    group: 'AMQP',
    type: 'duration',
    default: '30m',
    min: '0',
    help: 'How long a delivery may go without an ack before its channel is closed; 0 for ever (consumer_timeout)',
  },
  amqpTransactionBytesMax: {
    group: 'AMQP',
    type: 'bytes',
    default: '256MiB',
    min: '1MiB',
    help: 'Memory for what was published in transactions that are not committed yet, of all channels together',
  },
  amqpHandshakeMs: {
    group: 'AMQP',
    type: 'duration',
    default: '10s',
    min: '100ms',
    max: '10m',
    help: 'Time a client has to log in and open a virtual host (handshake_timeout)',
  },

  partitionsDefault: {
    group: 'Kafka',
    type: 'count',
    default: '1',
    min: '1',
    max: '100000',
    help: 'Partitions of a topic made without a number (num.partitions)',
  },
  partitionsMax: {
    group: 'Kafka',
    type: 'count',
    default: '100000',
    min: '1',
    help: 'Partitions that all topics together may have; more are refused, those that are there stay',
  },
  autoCreateTopics: {
    group: 'Kafka',
    type: 'boolean',
    default: 'true',
    help: 'Make a topic when a client first asks for it (auto.create.topics.enable)',
  },
  messageBytesMax: {
    group: 'Kafka',
    type: 'bytes',
    default: '1048588B',
    min: '0B',
    max: '2147483647B',
    help: 'Largest record batch, as compressed by the producer (message.max.bytes)',
  },
  kafkaRequestBytesMax: {
    group: 'Kafka',
    type: 'bytes',
    default: '100MiB',
    min: '1KiB',
    max: '2147483647B',
    help: 'Largest request; the connection of a client that announces more is closed (socket.request.max.bytes)',
  },
  fetchBytesMax: {
    group: 'Kafka',
    type: 'bytes',
    default: '55MiB',
    min: '1KiB',
    max: '2147483647B',
    help: 'Most bytes in the answer to one fetch, except that one batch always fits (fetch.max.bytes)',
  },
  producerExpiryMs: {
    group: 'Kafka',
    type: 'duration',
    default: '1d',
    min: '1s',
    help: 'An idempotent producer silent for this long is forgotten (producer.id.expiration.ms)',
  },
  groupInitialRebalanceDelayMs: {
    group: 'Kafka',
    type: 'duration',
    default: '0ms',
    min: '0ms',
    help: 'How long a new group waits for more members; Kafka’s own default is 3s (group.initial.rebalance.delay.ms)',
  },
  groupSessionTimeoutMinMs: {
    group: 'Kafka',
    type: 'duration',
    default: '6s',
    min: '1ms',
    help: 'Shortest session time-out a group member may ask for (group.min.session.timeout.ms)',
  },
  groupSessionTimeoutMaxMs: {
    group: 'Kafka',
    type: 'duration',
    default: '30m',
    min: '1ms',
    help: 'Longest session time-out a group member may ask for (group.max.session.timeout.ms)',
  },
  offsetsPartitions: {
    group: 'Kafka',
    type: 'count',
    default: '50',
    min: '1',
    max: '10000',
    help: 'Partitions that committed offsets are spread over (offsets.topic.num.partitions)',
  },
  offsetsRetentionMs: {
    group: 'Kafka',
    type: 'duration',
    default: '7d',
    min: '1ms',
    help: 'Committed offsets of a group without members are kept this long (offsets.retention.minutes)',
  },
} as const;

type Table = typeof table & typeof storageOptions & typeof tracingOptions;
export type OptionKey = keyof Table;

/** The options as the program uses them: sizes in bytes, times in milliseconds. */
export type Options = { readonly [Key in OptionKey]: ValueOf<Table[Key]> };

type ValueOf<Entry> = Entry extends { readonly type: 'boolean' }
  ? boolean
  : Entry extends { readonly type: 'port' | 'count' | 'bytes' | 'duration' }
    ? number
    : Entry extends { readonly choices: readonly (infer Choice)[] }
      ? Choice
      : string;

interface Entry {
  readonly group: string;
  readonly type: OptionType;
  readonly default: string;
  readonly help: string;
  readonly min?: string;
  readonly max?: string;
  readonly choices?: readonly string[];
}

export const optionRows: readonly OptionRow[] = (
  Object.entries({ ...table, ...storageOptions, ...tracingOptions }) as [OptionKey, Entry][]
).map(([key, entry]) => {
  const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return {
    key,
    name,
    environment: `NARU_${name.replaceAll('-', '_').toUpperCase()}`,
    group: entry.group,
    type: entry.type,
    default: entry.default,
    help: entry.help,
    min: entry.min,
    max: entry.max,
    choices: entry.choices ?? [],
  };
});

export const defaultOptions: Options = Object.fromEntries(
  optionRows.map((row) => [row.key, parseValue(row, row.default)]),
) as unknown as Options;
