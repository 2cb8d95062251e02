// AMQP 0-9-1 load that costs next to nothing itself: frames are encoded before the run, deliveries are counted by scanning.
//
//   raw-amqp e2e address=127.0.0.1:5672 pid=PID size=100 queues=1 type=classic prefetch=1000 window=2000
//            rate=0 warmup=1 seconds=5
//
// One connection publishes persistent messages with confirms, a second one consumes with an ack for each. At rate=0 it
// publishes as long as fewer than `window` are unconfirmed and fewer than `window` undelivered; at a given rate it sends each
// message at its time. The last line of the output is JSON: see Outcome in generator.ts.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
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

static const char *address = "127.0.0.1:5672", *type = "classic", *prefix = "bench";
static int size = 100, queues = 1, prefetch = 1000, window = 2000, broker_pid = 0, keep_backlog = 0;
static double rate = 0, warmup = 1, seconds = 5;

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void fail(const char *what) {
  fprintf(stderr, "%s (%s)\n", what, strerror(errno));
  exit(1);
}

static void put16(uint8_t *p, unsigned v) { p[0] = v >> 8; p[1] = v; }
static void put32(uint8_t *p, uint32_t v) { p[0] = v >> 24; p[1] = v >> 16; p[2] = v >> 8; p[3] = v; }
static void put64(uint8_t *p, uint64_t v) { put32(p, v >> 32); put32(p + 4, v); }
static uint32_t get32(const uint8_t *p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }
static uint64_t get64(const uint8_t *p) { return (uint64_t)get32(p) << 32 | get32(p + 4); }

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
  uint8_t in[1 << 20];
  size_t used;
} conn_t;

static void send_all(int fd, const uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EAGAIN || errno == EINTR) {
        struct pollfd p = {fd, POLLOUT, 0};
        poll(&p, 1, 1000);
        continue;
      }
      fail("send");
    }
    bytes += sent;
    length -= sent;
  }
}

static size_t frame(uint8_t *out, int kind, int channel, const uint8_t *payload, size_t length) {
  out[0] = kind;
  put16(out + 1, channel);
  put32(out + 3, length);
  memcpy(out + 7, payload, length);
  out[7 + length] = 0xce;
  return length + 8;
}

// Waits for a method, passing over anything else; answers where its payload lies.
static const uint8_t *wait_method(conn_t *c, uint32_t wanted, size_t *length) {
  static __thread uint8_t copy[1 << 16];
  for (;;) {
    while (c->used >= 8) {
      uint32_t bytes = get32(c->in + 3);
      if (c->used < bytes + 8) break;
      uint32_t method = c->in[0] == 1 ? get32(c->in + 7) : 0;
      *length = bytes;
      memcpy(copy, c->in + 7, bytes < sizeof copy ? bytes : sizeof copy);
      memmove(c->in, c->in + bytes + 8, c->used - bytes - 8);
      c->used -= bytes + 8;
      if (method == wanted) return copy;
      if (method == 0x000a0032 || method == 0x00140028) {
        fprintf(stderr, "closed by the broker: %.*s\n", copy[6], copy + 7);
        exit(1);
      }
    }
    ssize_t got = recv(c->fd, c->in + c->used, sizeof c->in - c->used, 0);
    if (got <= 0) fail("the broker went away");
    c->used += got;
  }
}

static void method(conn_t *c, int channel, const void *payload, size_t length) {
  uint8_t out[1024];
  send_all(c->fd, out, frame(out, 1, channel, payload, length));
}

static uint8_t *text(uint8_t *at, const char *s) {
  *at = strlen(s);
  memcpy(at + 1, s, *at);
  return at + 1 + *at;
}

static conn_t *dial(void) {
  conn_t *c = calloc(1, sizeof *c);
  char host[64];
  snprintf(host, sizeof host, "%s", address);
  char *colon = strrchr(host, ':');
  if (!colon) fail("address");
  *colon = 0;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(colon + 1))};
  inet_pton(AF_INET, host, &to.sin_addr);
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  int one = 1, big = 4 << 20;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to)) fail("connect");
  send_all(c->fd, (const uint8_t *)"AMQP\0\0\x09\x01", 8);
  size_t length;
  wait_method(c, 0x000a000a, &length);
  uint8_t p[256], *at = p;
  put32(at, 0x000a000b); put32(at + 4, 0); at = text(at + 8, "PLAIN");
  put32(at, 12); memcpy(at + 4, "\0guest\0guest", 12); at = text(at + 16, "en_US");
  method(c, 0, p, at - p);
  const uint8_t *tune = wait_method(c, 0x000a001e, &length);
  put32(p, 0x000a001f); memcpy(p + 4, tune + 4, 6); put16(p + 10, 0);
  method(c, 0, p, 12);
  put32(p, 0x000a0028); at = text(p + 4, "/"); *at++ = 0; *at++ = 0;
  method(c, 0, p, at - p);
  wait_method(c, 0x000a0029, &length);
  put32(p, 0x0014000a); p[4] = 0;
  method(c, 1, p, 5);
  wait_method(c, 0x0014000b, &length);
  return c;
}

static void queue_name(char *into, int index) { sprintf(into, "%s-%d", prefix, index); }

static void declare(conn_t *c, int index) {
  char name[128];
  uint8_t p[512], *at;
  size_t length;
  queue_name(name, index);
  put32(p, 0x0032000a); put16(p + 4, 0); at = text(p + 6, name);
  *at++ = 2; // durable
  uint8_t *table = at;
  at += 4;
  at = text(at, "x-queue-type"); *at++ = 'S'; put32(at, strlen(type)); memcpy(at + 4, type, strlen(type)); at += 4 + strlen(type);
  put32(table, at - table - 4);
  method(c, 1, p, at - p);
  wait_method(c, 0x0032000b, &length);
}

static void remove_queue(conn_t *c, int index) {
  char name[128];
  uint8_t p[256], *at;
  size_t length;
  queue_name(name, index);
  put32(p, 0x00320028); put16(p + 4, 0); at = text(p + 6, name); *at++ = 0;
  method(c, 1, p, at - p);
  wait_method(c, 0x00320029, &length);
}

// --- times ---

#define TIMES_MAX 4000000
typedef struct { uint32_t *us; long count; } times_t;

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

// --- the run ---

static atomic_long delivered, published, confirmed;
static atomic_int measuring, stopping;
static times_t ack_times, end_times;

// Reads deliveries and acks each.
static void *consume(void *unused) {
  (void)unused;
  conn_t *c = dial();
  uint8_t p[256], *at;
  size_t length;
  put32(p, 0x003c000a); put32(p + 4, 0); put16(p + 8, prefetch); p[10] = 0;
  method(c, 1, p, 11);
  wait_method(c, 0x003c000b, &length);
  for (int i = 0; i < queues; i++) {
    char name[128];
    queue_name(name, i);
    put32(p, 0x003c0014); put16(p + 4, 0); at = text(p + 6, name); *at++ = 0; *at++ = 8; put32(at, 0); at += 4; // no-wait
    method(c, 1, p, at - p);
  }
  static uint8_t acks[1 << 20];
  int is_first_body = 0;
  while (!stopping) {
    struct pollfd poller = {c->fd, POLLIN, 0};
    if (poll(&poller, 1, 100) <= 0) continue;
    ssize_t got = recv(c->fd, c->in + c->used, sizeof c->in - c->used, 0);
    if (got <= 0) fail("the broker closed the consumer");
    c->used += got;
    size_t done = 0, filled = 0;
    uint64_t now = now_ns();
    while (c->used - done >= 8) {
      const uint8_t *f = c->in + done;
      uint32_t bytes = get32(f + 3);
      if (c->used - done < bytes + 8) break;
      if (f[0] == 1 && get32(f + 7) == 0x003c003c) {
        const uint8_t *tag = f + 12 + f[11];
        uint8_t *ack = acks + filled;
        ack[0] = 1; put16(ack + 1, 1); put32(ack + 3, 13); put32(ack + 7, 0x003c0050);
        memcpy(ack + 11, tag, 8);
        ack[19] = 0; ack[20] = 0xce;
        filled += 21;
        if (filled > sizeof acks - 64) { send_all(c->fd, acks, filled); filled = 0; }
      } else if (f[0] == 2) {
        is_first_body = 1;
      } else if (f[0] == 3 && is_first_body) {
        is_first_body = 0;
        delivered++;
        if (measuring && bytes >= 8) note(&end_times, get64(f + 7), now);
      }
      done += bytes + 8;
    }
    memmove(c->in, c->in + done, c->used - done);
    c->used -= done;
    if (filled > 0) send_all(c->fd, acks, filled);
  }
  return NULL;
}

static uint8_t *frames;      // of `queues` messages, one for each queue
static size_t *starts;       // where each begins
static size_t body_at;       // of the time in the last message's frames, from its start

static void encode(void) {
  size_t each = size + 512 + (size / 131064 + 1) * 8;
  frames = malloc(each * queues);
  starts = malloc(sizeof *starts * (queues + 1));
  uint8_t *at = frames, *body = calloc(1, size + 1);
  memset(body, 'x', size);
  for (int i = 0; i < queues; i++) {
    char name[128];
    uint8_t p[512], *q;
    starts[i] = at - frames;
    queue_name(name, i);
    put32(p, 0x003c0028); put16(p + 4, 0); q = text(p + 6, ""); q = text(q, name); *q++ = 0;
    at += frame(at, 1, 1, p, q - p);
    put16(p, 60); put16(p + 2, 0); put64(p + 4, size); put16(p + 12, 0x1000); p[14] = 2; // persistent
    at += frame(at, 2, 1, p, 15);
    if (i == 0) body_at = at + 7 - frames;
    for (int done = 0; done < size;) {
      int slice = size - done < 131064 ? size - done : 131064;
      at += frame(at, 3, 1, body + done, slice);
      done += slice;
    }
  }
  starts[queues] = at - frames;
  free(body);
}

static uint64_t *sent_at; // by publish number, in a ring
#define RING (1 << 20)

static void read_confirms(conn_t *c) {
  ssize_t got = recv(c->fd, c->in + c->used, sizeof c->in - c->used, MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) fail("the broker closed the publisher");
  if (got < 0) return;
  c->used += got;
  size_t done = 0;
  uint64_t now = now_ns();
  static long acked = 0;
  while (c->used - done >= 8) {
    const uint8_t *f = c->in + done;
    uint32_t bytes = get32(f + 3);
    if (c->used - done < bytes + 8) break;
    uint32_t m = f[0] == 1 ? get32(f + 7) : 0;
    if (m == 0x003c0050) {
      long tag = get64(f + 11);
      if (f[19] & 1) {
        if (measuring) for (long n = acked + 1; n <= tag; n++) note(&ack_times, sent_at[n % RING], now);
        if (tag > acked) { confirmed += tag - acked; acked = tag; }
      } else {
        if (measuring) note(&ack_times, sent_at[tag % RING], now);
        confirmed++;
        if (tag == acked + 1) acked = tag;
        else if (tag > acked) acked = tag; // counts stay right; the times of those between are not told twice
      }
    } else if (m == 0x000a0032 || m == 0x00140028 || m == 0x003c0078) {
      fprintf(stderr, "the broker refused a message or closed\n");
      exit(1);
    }
    done += bytes + 8;
  }
  memmove(c->in, c->in + done, c->used - done);
  c->used -= done;
}

static long numbers = 0;
static int next_queue = 0;

// Sends `count` messages, each stamped with its time.
static void publish(conn_t *c, int count) {
  static uint8_t out[4 << 20];
  size_t filled = 0;
  uint64_t now = now_ns();
  for (int i = 0; i < count; i++) {
    size_t start = starts[next_queue], length = starts[next_queue + 1] - start;
    if (filled + length > sizeof out) { send_all(c->fd, out, filled); filled = 0; }
    memcpy(out + filled, frames + start, length);
    size_t in_first = body_at + (length - (starts[1] - starts[0])) * 0;
    // The name is longer in later queues, and the body so much further behind.
    size_t extra = (starts[next_queue + 1] - starts[next_queue]) - (starts[1] - starts[0]);
    if (size >= 8) put64(out + filled + in_first + extra, now);
    sent_at[++numbers % RING] = now;
    filled += length;
    next_queue = next_queue + 1 == queues ? 0 : next_queue + 1;
  }
  send_all(c->fd, out, filled);
  published += count;
}

static void pump(conn_t *c, double for_seconds) {
  uint64_t begin = now_ns(), end = begin + (uint64_t)(for_seconds * 1e9);
  long sent_before = published;
  while (now_ns() < end) {
    struct pollfd poller = {c->fd, POLLIN, 0};
    if (rate > 0) {
      long due = (long)((now_ns() - begin) / 1e9 * rate) - (published - sent_before);
      if (due > 0) publish(c, due > 1000 ? 1000 : due);
      poll(&poller, 1, 0);
      if (!(poller.revents & POLLIN)) { struct timespec nap = {0, 50000}; nanosleep(&nap, NULL); }
    } else {
      long unconfirmed = published - confirmed, undelivered = keep_backlog ? 0 : published - delivered;
      long room = window - (unconfirmed > undelivered ? unconfirmed : undelivered);
      long most = (long)(sizeof(uint8_t) * (2 << 20)) / (size + 100);
      if (room > most) room = most;
      if (room >= window / 8 || (room > 0 && room == most)) publish(c, room);
      else poll(&poller, 1, 1);
    }
    read_confirms(c);
  }
}

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "";
  for (int i = 2; i < argc; i++) {
    char *value = strchr(argv[i], '=');
    if (!value) return 2;
    *value++ = 0;
    char *key = argv[i];
    if (!strcmp(key, "address")) address = value;
    else if (!strcmp(key, "type")) type = value;
    else if (!strcmp(key, "prefix")) prefix = value;
    else if (!strcmp(key, "pid")) broker_pid = atoi(value);
    else if (!strcmp(key, "size")) size = atoi(value);
    else if (!strcmp(key, "queues")) queues = atoi(value);
    else if (!strcmp(key, "prefetch")) prefetch = atoi(value);
    else if (!strcmp(key, "window")) window = atoi(value);
    else if (!strcmp(key, "rate")) rate = atof(value);
    else if (!strcmp(key, "warmup")) warmup = atof(value);
    else if (!strcmp(key, "seconds")) seconds = atof(value);
    else { fprintf(stderr, "unknown %s\n", key); return 2; }
  }
  int consumes = !strcmp(mode, "e2e"), publishes = consumes || !strcmp(mode, "publish");
  if (!publishes) { fprintf(stderr, "e2e or publish\n"); return 2; }
  keep_backlog = !consumes;
  ack_times.us = malloc(TIMES_MAX * sizeof(uint32_t));
  end_times.us = malloc(TIMES_MAX * sizeof(uint32_t));
  sent_at = calloc(RING, sizeof *sent_at);
  encode();
  conn_t *c = dial();
  for (int i = 0; i < queues; i++) declare(c, i);
  uint8_t select[5] = {0, 85, 0, 10, 0};
  size_t length;
  method(c, 1, select, 5);
  wait_method(c, 0x0055000b, &length);
  pthread_t thread;
  if (consumes) pthread_create(&thread, NULL, consume, NULL);
  pump(c, warmup);
  long first = consumes ? delivered : confirmed;
  double broker_before = cpu_of(broker_pid), own_before = own_cpu();
  uint64_t begin = now_ns();
  measuring = 1;
  pump(c, seconds);
  measuring = 0;
  double took = (now_ns() - begin) / 1e9;
  long count = (consumes ? delivered : confirmed) - first;
  double broker_cpu = cpu_of(broker_pid) - broker_before, generator_cpu = own_cpu() - own_before;
  // What is under way arrives before its queue goes.
  for (uint64_t until = now_ns() + 20000000000ull; now_ns() < until && (confirmed < published || (consumes && delivered < published));) {
    read_confirms(c);
    usleep(1000);
  }
  long missing = consumes ? published - delivered : published - confirmed;
  stopping = 1;
  if (consumes) pthread_join(thread, NULL);
  for (int i = 0; i < queues; i++) remove_queue(c, i);
  printf("{\"messages\":%ld,\"seconds\":%.3f,\"brokerCpu\":%.3f,\"generatorCpu\":%.3f,\"failures\":%ld", count, took, broker_cpu,
         generator_cpu, missing);
  tell_times("ack", &ack_times);
  tell_times("endToEnd", &end_times);
  printf("}\n");
  return 0;
}
