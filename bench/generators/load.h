// What the generators in C share: their arguments, clocks, the CPU time of the broker, times and the pace of the load.
//
// A generator has one connection that publishes and waits for confirmations, and a thread with another one that consumes
// and acks. At rate=0 it publishes as long as fewer than `window` are unconfirmed and fewer than `window` undelivered; at a
// given rate it sends each message at its time. Modes:
//
//   e2e      publishes and consumes; the rate is that of deliveries
//   publish  publishes only; the rate is that of confirmations. With count=N, N messages that stay
//   drain    consumes count=N messages that are there
//   sink     is a broker that keeps nothing: says where, and passes on what comes until it is ended
//
// The last line of the output is JSON: see Outcome in generator.ts.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *address = "127.0.0.1:0", *prefix = "bench";
static int size = 100, prefetch = 1000, window = 2000, broker_pid = 0;
static long until_count = 0;
static double rate = 0, warmup = 1, seconds = 5;
// How many deliveries come of one message.
static int copies = 1;

// What each protocol has of its own.
static void prepare(int declares);  // connects the publisher, declares, encodes
static void publish(int count);     // sends so many, each stamped with its time
static void read_confirms(void);    // what has come in, without waiting
static void *consume(void *unused); // until `stopping`
static void clean(void);            // removes what was declared
static void sink_session(int fd);   // one connection of the sink
static int set_own(const char *key, const char *value);

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec;
}

__attribute__((noreturn)) static void fail(const char *what) {
  fprintf(stderr, "%s (%s)\n", what, strerror(errno));
  exit(1);
}

static void put64(uint8_t *p, uint64_t v) {
  for (int i = 0; i < 8; i++) p[i] = v >> (56 - 8 * i);
}
static uint64_t get64(const uint8_t *p) {
  uint64_t v = 0;
  for (int i = 0; i < 8; i++) v = v << 8 | p[i];
  return v;
}

// The sink's own: which connection consumes.
static atomic_int sinking, sink_consumer = -1;

// The other side is gone: the end of a generator, and of one connection of the sink.
static void gone(const char *what) {
  if (!sinking) fail(what);
  sink_consumer = -1;
  pthread_exit(NULL);
}

// Nothing passes the sink by because its consumer comes a moment later than its publisher.
__attribute__((unused)) static void await_sink_consumer(void) {
  for (int i = 0; i < 300 && sink_consumer < 0; i++) usleep(1000);
}

// CPU seconds of a process, of all its threads.
static double cpu_of(int pid) {
  char path[64], text[2048];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = 0;
  char *at = strrchr(text, ')');
  unsigned long user = 0, sys = 0;
  if (at) sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &sys);
  return (double)(user + sys) / sysconf(_SC_CLK_TCK);
}

static double own_cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_utime.tv_usec / 1e6 + u.ru_stime.tv_sec + u.ru_stime.tv_usec / 1e6;
}

// --- one connection ---

typedef struct {
  int fd;
  size_t used;
  uint8_t in[4 << 20];
} conn_t;

static void send_all(int fd, const void *from, size_t length) {
  const uint8_t *bytes = from;
  while (length > 0) {
    ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EAGAIN || errno == EINTR) {
        struct pollfd p = {fd, POLLOUT, 0};
        poll(&p, 1, 1000);
        continue;
      }
      gone("send");
    }
    bytes += sent;
    length -= sent;
  }
}

static int dialed(void) {
  char host[64];
  snprintf(host, sizeof host, "%s", address);
  char *colon = strrchr(host, ':');
  if (!colon) fail("address");
  *colon = 0;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(colon + 1))};
  inet_pton(AF_INET, host, &to.sin_addr);
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, big = 4 << 20;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
  if (connect(fd, (struct sockaddr *)&to, sizeof to)) fail("connect");
  return fd;
}

static conn_t *conn_of(int fd) {
  conn_t *c = malloc(sizeof *c);
  c->fd = fd;
  c->used = 0;
  return c;
}

static void receive(conn_t *c, int flags) {
  ssize_t got = recv(c->fd, c->in + c->used, sizeof c->in - c->used, flags);
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) gone("the broker closed the connection");
  if (got > 0) c->used += got;
}

static void taken(conn_t *c, size_t done) {
  memmove(c->in, c->in + done, c->used - done);
  c->used -= done;
}

// --- times ---

#define TIMES_MAX 4000000
#define RING (1 << 20)
typedef struct {
  uint32_t *us;
  long count;
} times_t;

static atomic_long delivered, published, confirmed;
static atomic_int measuring, stopping;
static times_t ack_times, end_times;
static uint64_t *sent_at; // by publish number, in a ring

static void note(times_t *t, uint64_t since, uint64_t now) {
  if (t->count < TIMES_MAX) t->us[t->count++] = (now - since) / 1000;
}

static int ascending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static void tell_times(const char *name, times_t *t) {
  if (t->count == 0) return;
  qsort(t->us, t->count, sizeof *t->us, ascending);
  printf(",\"%s\":{\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f}", name, t->us[t->count / 2] / 1e3,
         t->us[(long)(t->count * 0.99)] / 1e3, t->us[(long)(t->count * 0.999)] / 1e3);
}

static void was_delivered(const uint8_t *body, uint64_t now) {
  delivered++;
  if (measuring && size >= 8) note(&end_times, get64(body), now);
}

static void was_confirmed(long number, uint64_t now) {
  confirmed++;
  if (measuring) note(&ack_times, sent_at[number % RING], now);
}

// --- the run ---

static int publisher_fd, keep_backlog;

static void pump(double for_seconds, long most_published) {
  uint64_t begin = now_ns(), end = begin + (uint64_t)(for_seconds * 1e9);
  long sent_before = published;
  while (now_ns() < end && (most_published == 0 || published < most_published)) {
    struct pollfd poller = {publisher_fd, POLLIN, 0};
    if (rate > 0) {
      long due = (long)((now_ns() - begin) / 1e9 * rate) - (published - sent_before);
      if (due > 0) publish(due > 1000 ? 1000 : due);
      poll(&poller, 1, 0);
      if (!(poller.revents & POLLIN)) {
        struct timespec nap = {0, 50000};
        nanosleep(&nap, NULL);
      }
    } else {
      long unconfirmed = published - confirmed, undelivered = keep_backlog ? 0 : published - delivered / copies;
      long room = window - (unconfirmed > undelivered ? unconfirmed : undelivered);
      long most = (2 << 20) / (size + 100);
      if (room > most) room = most;
      if (most_published > 0 && room > most_published - published) room = most_published - published;
      if (room >= window / 8 || (room > 0 && (room == most || most_published > 0))) publish(room);
      else poll(&poller, 1, 1);
    }
    read_confirms();
  }
}

static void settle(int consumes, double within) {
  uint64_t until = now_ns() + (uint64_t)(within * 1e9);
  while (now_ns() < until && (confirmed < published || (consumes && delivered < published * copies))) {
    read_confirms();
    usleep(200);
  }
}

static void tell(long count, double took, double broker_cpu, double generator_cpu, long failures) {
  printf("{\"messages\":%ld,\"seconds\":%.3f,\"brokerCpu\":%.3f,\"generatorCpu\":%.3f,\"failures\":%ld", count, took,
         broker_cpu, generator_cpu, failures);
  tell_times("ack", &ack_times);
  tell_times("endToEnd", &end_times);
  printf("}\n");
}

// So many messages published, or taken: how long it took.
static void run_counted(int consumes) {
  prepare(!consumes);
  double broker_before = cpu_of(broker_pid), own_before = own_cpu();
  uint64_t begin = now_ns();
  if (!consumes) {
    pump(36000, until_count);
    settle(0, 60);
  } else {
    pthread_t thread;
    pthread_create(&thread, NULL, consume, NULL);
    long seen = 0;
    for (uint64_t moved = begin; delivered < until_count && now_ns() < moved + 30000000000ull; usleep(1000)) {
      if (delivered != seen) moved = now_ns();
      seen = delivered;
    }
  }
  double took = (now_ns() - begin) / 1e9;
  long count = consumes ? delivered : confirmed;
  tell(count, took, cpu_of(broker_pid) - broker_before, own_cpu() - own_before, until_count > count ? until_count - count : 0);
  if (!consumes) return;
  // The last acks are on their way.
  usleep(500000);
  stopping = 1;
}

static void run_timed(int consumes) {
  prepare(1);
  pthread_t thread;
  if (consumes) pthread_create(&thread, NULL, consume, NULL);
  pump(warmup, 0);
  long first = consumes ? delivered : confirmed;
  double broker_before = cpu_of(broker_pid), own_before = own_cpu();
  uint64_t begin = now_ns();
  measuring = 1;
  pump(seconds, 0);
  measuring = 0;
  double took = (now_ns() - begin) / 1e9;
  long count = (consumes ? delivered : confirmed) - first;
  double broker_cpu = cpu_of(broker_pid) - broker_before, generator_cpu = own_cpu() - own_before;
  // What is under way arrives before its queue goes.
  settle(consumes, 20);
  long missing = consumes ? published * copies - delivered : published - confirmed;
  stopping = 1;
  if (consumes) pthread_join(thread, NULL);
  clean();
  tell(count, took, broker_cpu, generator_cpu, missing);
}

static void *sink_thread(void *fd) {
  sink_session((int)(intptr_t)fd);
  return NULL;
}

static void run_sink(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), big = 4 << 20;
  struct sockaddr_in at = {.sin_family = AF_INET};
  inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
  setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
  socklen_t length = sizeof at;
  if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 16)) fail("listen");
  getsockname(listener, (struct sockaddr *)&at, &length);
  sinking = 1;
  printf("127.0.0.1:%d\n", ntohs(at.sin_port));
  fflush(stdout);
  for (;;) {
    int fd = accept(listener, NULL, NULL), one = 1;
    if (fd < 0) fail("accept");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    pthread_t thread;
    pthread_create(&thread, NULL, sink_thread, (void *)(intptr_t)fd);
    pthread_detach(thread);
  }
}

static void set(char *argument) {
  char *value = strchr(argument, '=');
  if (!value) fail(argument);
  *value++ = 0;
  const char *key = argument;
  if (!strcmp(key, "address")) address = value;
  else if (!strcmp(key, "prefix")) prefix = value;
  else if (!strcmp(key, "pid")) broker_pid = atoi(value);
  else if (!strcmp(key, "size")) size = atoi(value);
  else if (!strcmp(key, "prefetch")) prefetch = atoi(value);
  else if (!strcmp(key, "window")) window = atoi(value);
  else if (!strcmp(key, "count")) until_count = atol(value);
  else if (!strcmp(key, "rate")) rate = atof(value);
  else if (!strcmp(key, "warmup")) warmup = atof(value);
  else if (!strcmp(key, "seconds")) seconds = atof(value);
  else if (!set_own(key, value)) fail(key);
}

static int run_load(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "";
  for (int i = 2; i < argc; i++) set(argv[i]);
  ack_times.us = malloc(TIMES_MAX * sizeof(uint32_t));
  end_times.us = malloc(TIMES_MAX * sizeof(uint32_t));
  sent_at = calloc(RING, sizeof *sent_at);
  int consumes = !strcmp(mode, "e2e") || !strcmp(mode, "drain");
  keep_backlog = !consumes;
  if (!strcmp(mode, "sink")) run_sink();
  else if (!strcmp(mode, "drain") || (!strcmp(mode, "publish") && until_count > 0)) run_counted(consumes);
  else if (consumes || !strcmp(mode, "publish")) run_timed(consumes);
  else fail("e2e, publish, drain or sink");
  return 0;
}
