// The load that librdkafka makes: librdkafka MODE KEY=VALUE... prints one line of JSON.
//
//   produce       as fast as it goes for `seconds`, after `warmup` seconds of the same
//   consume       `count` records from the beginning, the first `skip` of them not counted
//   latency       `rate` records a second, each acknowledged and read back by a consumer that waits for it
//   transactions  of `records` each, one after the other
//   group         `members` consumers that start together, then one of them leaves
//
// `pid` is the broker's process: its CPU time is read when the counting begins and when it ends.
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int argumentCount;
static char **arguments;
static char reason[512];

static const char *text(const char *key, const char *otherwise) {
  size_t length = strlen(key);
  for (int index = 2; index < argumentCount; index++) {
    if (!strncmp(arguments[index], key, length) && arguments[index][length] == '=') return arguments[index] + length + 1;
  }
  return otherwise;
}

static double number(const char *key, double otherwise) {
  const char *found = text(key, NULL);
  return found == NULL ? otherwise : atof(found);
}

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, reason);
  exit(1);
}

static uint64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static double seconds(void) { return (double)nanoseconds() / 1e9; }

static void pause_for(double duration) {
  struct timespec span = {(time_t)duration, (long)((duration - (double)(time_t)duration) * 1e9)};
  nanosleep(&span, NULL);
}

/* User and system time of the broker: fields 14 and 15 of its stat, counted behind the name in parentheses. */
static double broker_cpu(void) {
  int pid = (int)number("pid", 0);
  if (pid == 0) return 0;
  char path[64], content[2048];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  content[fread(content, 1, sizeof content - 1, file)] = 0;
  fclose(file);
  unsigned long user = 0, kernel = 0;
  char *rest = strrchr(content, ')');
  if (rest == NULL) return 0;
  sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel);
  return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

static double own_cpu(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

typedef struct {
  double began, broker, own;
} mark;

static mark marked(void) {
  mark now = {seconds(), broker_cpu(), own_cpu()};
  return now;
}

static void report(mark from, double messages, const char *more) {
  mark to = marked();
  printf("{\"messages\":%.0f,\"seconds\":%.4f,\"brokerCpu\":%.3f,\"generatorCpu\":%.3f%s}\n", messages,
         to.began - from.began, to.broker - from.broker, to.own - from.own, more);
  fflush(stdout);
}

static void set(rd_kafka_conf_t *conf, const char *key, const char *value) {
  if (rd_kafka_conf_set(conf, key, value, reason, sizeof reason) != RD_KAFKA_CONF_OK) fail(key);
}

static rd_kafka_conf_t *configured(void) {
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", text("brokers", "127.0.0.1:9092"));
  return conf;
}

static rd_kafka_t *client(rd_kafka_type_t type, rd_kafka_conf_t *conf) {
  rd_kafka_t *handle = rd_kafka_new(type, conf, reason, sizeof reason);
  if (handle == NULL) fail("no client");
  return handle;
}

static void await_topic(rd_kafka_t *handle, rd_kafka_topic_t *topic) {
  const struct rd_kafka_metadata *metadata;
  rd_kafka_resp_err_t error = rd_kafka_metadata(handle, 0, topic, &metadata, 10000);
  if (error) {
    snprintf(reason, sizeof reason, "%s", rd_kafka_err2str(error));
    fail("no metadata");
  }
  rd_kafka_metadata_destroy(metadata);
}

static uint64_t *acknowledged, *read_back;
static long acknowledgedCount, readBackCount, failures;

static void delivered(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque) {
  (void)handle;
  (void)opaque;
  if (message->err) failures++;
  else if (acknowledged != NULL) acknowledged[acknowledgedCount++] = nanoseconds() - (uint64_t)(uintptr_t)message->_private;
}

static rd_kafka_conf_t *producing(void) {
  rd_kafka_conf_t *conf = configured();
  set(conf, "acks", text("acks", "all"));
  set(conf, "linger.ms", text("linger", "5"));
  set(conf, "queue.buffering.max.messages", "1000000");
  set(conf, "queue.buffering.max.kbytes", "500000");
  set(conf, "batch.size", text("batch", "1000000"));
  rd_kafka_conf_set_dr_msg_cb(conf, delivered);
  return conf;
}

#define TOGETHER 1000

/*
 * Handed over by the thousand, to the only partition by its number: one by one, or with a partition chosen for each, the
 * client's two threads wait for each other's locks, and the more so the less the broker keeps them from running.
 */
static double produce_for(rd_kafka_t *handle, rd_kafka_topic_t *topic, char *value, size_t size, double duration) {
  static rd_kafka_message_t messages[TOGETHER];
  double until = seconds() + duration, sent = 0;
  while (seconds() < until) {
    for (int left = TOGETHER; left > 0;) {
      for (int index = 0; index < left; index++) messages[index] = (rd_kafka_message_t){.payload = value, .len = size};
      left -= rd_kafka_produce_batch(topic, 0, RD_KAFKA_MSG_F_COPY, messages, left);
      if (left > 0) rd_kafka_poll(handle, 1);
    }
    sent += TOGETHER;
    rd_kafka_poll(handle, 0);
  }
  while (rd_kafka_outq_len(handle) > 0) rd_kafka_poll(handle, 5);
  return sent;
}

static void produce(void) {
  rd_kafka_conf_t *conf = producing();
  /* A callback for each record would be the client's cost, not the broker's. */
  set(conf, "delivery.report.only.error", "true");
  rd_kafka_t *handle = client(RD_KAFKA_PRODUCER, conf);
  rd_kafka_topic_t *topic = rd_kafka_topic_new(handle, text("topic", "t"), NULL);
  await_topic(handle, topic);
  size_t size = (size_t)number("size", 100);
  char *value = malloc(size);
  memset(value, 'a', size);
  produce_for(handle, topic, value, size, number("warmup", 1));
  mark from = marked();
  double sent = produce_for(handle, topic, value, size, number("seconds", 2));
  char more[64];
  snprintf(more, sizeof more, ",\"failures\":%ld", failures);
  report(from, sent, more);
}

static void consume(void) {
  rd_kafka_conf_t *conf = configured();
  set(conf, "queued.min.messages", "1000000");
  set(conf, "queued.max.messages.kbytes", "200000");
  set(conf, "check.crcs", "false");
  rd_kafka_t *handle = client(RD_KAFKA_CONSUMER, conf);
  rd_kafka_topic_t *topic = rd_kafka_topic_new(handle, text("topic", "t"), NULL);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(handle);
  int partitions = (int)number("partitions", 1);
  for (int index = 0; index < partitions; index++) {
    rd_kafka_consume_start_queue(topic, index, RD_KAFKA_OFFSET_BEGINNING, queue);
  }
  static rd_kafka_message_t *messages[10000];
  double count = number("count", 1e6), skip = number("skip", 0), got = 0, counted = 0, idle = seconds();
  mark from = marked();
  while (got < count) {
    ssize_t taken = rd_kafka_consume_batch_queue(queue, 1000, messages, 10000);
    if (taken > 0) idle = seconds();
    else if (seconds() - idle > 10) break;
    for (ssize_t index = 0; index < taken; index++) {
      if (!messages[index]->err) got++;
      rd_kafka_message_destroy(messages[index]);
    }
    if (counted == 0 && got > skip) {
      from = marked();
      counted = got;
    }
  }
  report(from, got - counted, "");
}

static volatile int consumerReady;

static void *read_it_back(void *argument) {
  long count = *(long *)argument;
  rd_kafka_conf_t *conf = configured();
  set(conf, "fetch.wait.max.ms", "500");
  rd_kafka_t *handle = client(RD_KAFKA_CONSUMER, conf);
  rd_kafka_topic_t *topic = rd_kafka_topic_new(handle, text("topic", "t"), NULL);
  rd_kafka_consume_start(topic, 0, RD_KAFKA_OFFSET_END);
  pause_for(1);
  consumerReady = 1;
  double idle = seconds();
  while (readBackCount < count && seconds() - idle < 10) {
    rd_kafka_message_t *message = rd_kafka_consume(topic, 0, 1000);
    if (message == NULL) continue;
    idle = seconds();
    uint64_t sent;
    if (!message->err) {
      memcpy(&sent, message->payload, sizeof sent);
      read_back[readBackCount++] = nanoseconds() - sent;
    }
    rd_kafka_message_destroy(message);
  }
  return NULL;
}

static int compared(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return a < b ? -1 : a > b;
}

/* Those before `skip` are the warm-up. */
static int quantiles(char *into, size_t room, const char *name, uint64_t *values, long count, long skip) {
  long left = count - skip;
  if (left <= 0) return 0;
  qsort(values + skip, (size_t)left, sizeof *values, compared);
  double at50 = (double)values[skip + left / 2] / 1e6, at99 = (double)values[skip + (long)((double)left * .99)] / 1e6;
  double at999 = (double)values[skip + (long)((double)left * .999)] / 1e6;
  return snprintf(into, room, ",\"%s\":{\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f}", name, at50, at99, at999);
}

static void latency(void) {
  double rate = number("rate", 5000);
  long skip = (long)(rate * number("warmup", 2)), count = skip + (long)(rate * number("seconds", 5));
  acknowledged = malloc(sizeof *acknowledged * (size_t)count);
  read_back = malloc(sizeof *read_back * (size_t)count);
  rd_kafka_t *handle = client(RD_KAFKA_PRODUCER, producing());
  rd_kafka_topic_t *topic = rd_kafka_topic_new(handle, text("topic", "t"), NULL);
  await_topic(handle, topic);
  pthread_t reader;
  pthread_create(&reader, NULL, read_it_back, &count);
  while (!consumerReady) pause_for(.001);
  size_t size = (size_t)number("size", 100);
  char *value = calloc(1, size);
  mark from = marked();
  double began = seconds();
  for (long index = 0; index < count; index++) {
    double due = began + (double)index / rate, wait;
    if (index == skip) from = marked();
    while ((wait = due - seconds()) > 0) {
      rd_kafka_poll(handle, 0);
      if (wait > .00005) pause_for(wait * .8);
    }
    uint64_t now = nanoseconds();
    memcpy(value, &now, sizeof now);
    while (rd_kafka_produce(topic, 0, RD_KAFKA_MSG_F_COPY, value, size, NULL, 0, (void *)(uintptr_t)now) == -1)
      rd_kafka_poll(handle, 1);
  }
  while (rd_kafka_outq_len(handle) > 0) rd_kafka_poll(handle, 10);
  pthread_join(reader, NULL);
  char more[512];
  int used = snprintf(more, sizeof more, ",\"failures\":%ld", failures);
  used += quantiles(more + used, sizeof more - (size_t)used, "ack", acknowledged, acknowledgedCount, skip);
  quantiles(more + used, sizeof more - (size_t)used, "endToEnd", read_back, readBackCount, skip);
  report(from, (double)(count - skip), more);
}

static void transaction_step(rd_kafka_error_t *error, const char *what) {
  if (error == NULL) return;
  snprintf(reason, sizeof reason, "%s", rd_kafka_error_string(error));
  fail(what);
}

static void transactions(void) {
  rd_kafka_conf_t *conf = producing();
  set(conf, "transactional.id", text("id", "bench"));
  rd_kafka_t *handle = client(RD_KAFKA_PRODUCER, conf);
  rd_kafka_topic_t *topic = rd_kafka_topic_new(handle, text("topic", "t"), NULL);
  await_topic(handle, topic);
  transaction_step(rd_kafka_init_transactions(handle, 30000), "init_transactions");
  size_t size = (size_t)number("size", 100);
  char *value = calloc(1, size);
  int records = (int)number("records", 100), partitions = (int)number("partitions", 1);
  double warm = seconds() + number("warmup", 1), until = warm + number("seconds", 2), done = 0;
  static uint64_t took[1000000];
  long counted = 0;
  mark from = marked();
  while (seconds() < until && counted < 1000000) {
    int counts = seconds() >= warm;
    if (counts && counted == 0) from = marked();
    uint64_t began = nanoseconds();
    transaction_step(rd_kafka_begin_transaction(handle), "begin_transaction");
    for (int index = 0; index < records; index++) {
      if (rd_kafka_produce(topic, index % partitions, RD_KAFKA_MSG_F_COPY, value, size, NULL, 0, NULL) == -1) {
        snprintf(reason, sizeof reason, "%s", rd_kafka_err2str(rd_kafka_last_error()));
        fail("produce");
      }
    }
    transaction_step(rd_kafka_commit_transaction(handle, 30000), "commit_transaction");
    rd_kafka_poll(handle, 0);
    if (!counts) continue;
    took[counted++] = nanoseconds() - began;
    done += records;
  }
  char more[256];
  int used = snprintf(more, sizeof more, ",\"failures\":%ld,\"transactions\":%ld", failures, counted);
  quantiles(more + used, sizeof more - (size_t)used, "ack", took, counted, 0);
  report(from, done, more);
}

typedef struct {
  rd_kafka_t *handle;
  pthread_t thread;
  volatile int assigned, leaving, gone;
} member;

static void rebalanced(rd_kafka_t *handle, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t *list, void *at) {
  member *one = at;
  if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    rd_kafka_assign(handle, list);
    one->assigned = list->cnt;
  } else {
    one->assigned = 0;
    rd_kafka_assign(handle, NULL);
  }
}

static void *take_part(void *argument) {
  member *one = argument;
  while (!one->leaving) {
    rd_kafka_message_t *message = rd_kafka_consumer_poll(one->handle, 50);
    if (message != NULL) rd_kafka_message_destroy(message);
  }
  rd_kafka_consumer_close(one->handle);
  one->gone = 1;
  return NULL;
}

/* Until all partitions are assigned again; what a member that leaves has does not count. Milliseconds, -1 for never. */
static double settled(member *members, int count, int partitions, double began) {
  while (seconds() - began < 60) {
    int assigned = 0;
    for (int index = 0; index < count; index++) if (!members[index].leaving) assigned += members[index].assigned;
    if (assigned == partitions) return (seconds() - began) * 1000;
    pause_for(.001);
  }
  return -1;
}

static void group(void) {
  int count = (int)number("members", 50), partitions = (int)number("partitions", 100);
  member *members = calloc((size_t)count, sizeof *members);
  mark from = marked();
  for (int index = 0; index < count; index++) {
    rd_kafka_conf_t *conf = configured();
    set(conf, "group.id", text("group", "bench"));
    set(conf, "heartbeat.interval.ms", text("heartbeat", "200"));
    set(conf, "partition.assignment.strategy", "range");
    rd_kafka_conf_set_rebalance_cb(conf, rebalanced);
    rd_kafka_conf_set_opaque(conf, &members[index]);
    members[index].handle = client(RD_KAFKA_CONSUMER, conf);
    rd_kafka_poll_set_consumer(members[index].handle);
  }
  rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(topics, text("topic", "t"), RD_KAFKA_PARTITION_UA);
  double began = seconds();
  for (int index = 0; index < count; index++) {
    rd_kafka_subscribe(members[index].handle, topics);
    pthread_create(&members[index].thread, NULL, take_part, &members[index]);
  }
  double cold = settled(members, count, partitions, began), left = 0;
  if (count > 1) {
    pause_for(1);
    began = seconds();
    members[0].leaving = 1;
    left = settled(members, count, partitions, began);
  }
  char more[128];
  snprintf(more, sizeof more, ",\"coldMs\":%.1f,\"leaveMs\":%.1f", cold, left);
  report(from, count, more);
}

int main(int count, char **values) {
  argumentCount = count;
  arguments = values;
  const char *mode = count > 1 ? values[1] : "";
  if (!strcmp(mode, "produce")) produce();
  else if (!strcmp(mode, "consume")) consume();
  else if (!strcmp(mode, "latency")) latency();
  else if (!strcmp(mode, "transactions")) transactions();
  else if (!strcmp(mode, "group")) group();
  else if (!strcmp(mode, "version")) printf("%s\n", rd_kafka_version_str());
  else {
    fprintf(stderr, "librdkafka produce|consume|latency|transactions|group|version KEY=VALUE...\n");
    return 2;
  }
  /* Threads of the library may go on for a while; nobody waits for them. */
  fflush(stdout);
  _exit(0);
}
