// AMQP 0-9-1 load that costs next to nothing itself: frames are encoded before the run, deliveries are counted by scanning.
// Messages are persistent, publishes are confirmed, each delivery is acked by itself.
//
//   raw-amqp MODE address=127.0.0.1:5672 pid=PID size=100 queues=1 type=classic prefetch=1000 window=2000
//            exchange=fanout|topic bindings=1000 keys=1000 rate=0 warmup=1 seconds=5
//
// Modes are those of load.h, and `connections`: opens count=N of them with a channel each and leaves them alone.
#include "load.h"

static const char *type = "classic", *exchange = "";
static int queues = 1, bindings = 1000, keys = 1000;

static int set_own(const char *key, const char *value) {
  if (!strcmp(key, "type")) type = value;
  else if (!strcmp(key, "exchange")) exchange = value;
  else if (!strcmp(key, "queues")) queues = atoi(value);
  else if (!strcmp(key, "bindings")) bindings = atoi(value);
  else if (!strcmp(key, "keys")) keys = atoi(value);
  else return 0;
  return 1;
}

static void put16(uint8_t *p, unsigned v) { p[0] = v >> 8; p[1] = v; }
static void put32(uint8_t *p, uint32_t v) { p[0] = v >> 24; p[1] = v >> 16; p[2] = v >> 8; p[3] = v; }
static uint32_t get32(const uint8_t *p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }

static size_t frame(uint8_t *out, int kind, int channel, const void *payload, size_t length) {
  out[0] = kind;
  put16(out + 1, channel);
  put32(out + 3, length);
  memcpy(out + 7, payload, length);
  out[7 + length] = 0xce;
  return length + 8;
}

// The bytes of a whole frame at `done`, 0 while it is not all there.
static size_t whole(const conn_t *c, size_t done) {
  if (c->used - done < 8) return 0;
  size_t bytes = (size_t)get32(c->in + done + 3) + 8;
  return c->used - done < bytes ? 0 : bytes;
}

// Waits for a method, passing over anything else; answers where its payload lies.
static const uint8_t *wait_method(conn_t *c, uint32_t wanted) {
  static __thread uint8_t copy[1 << 16];
  for (;;) {
    for (size_t bytes; (bytes = whole(c, 0)) > 0;) {
      uint32_t method = c->in[0] == 1 ? get32(c->in + 7) : 0;
      memcpy(copy, c->in + 7, bytes < sizeof copy ? bytes : sizeof copy);
      taken(c, bytes);
      if (method == wanted) return copy;
      if (method == 0x000a0032 || method == 0x00140028) {
        fprintf(stderr, "closed by the broker: %.*s\n", copy[6], copy + 7);
        exit(1);
      }
    }
    receive(c, 0);
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
  conn_t *c = conn_of(dialed());
  send_all(c->fd, "AMQP\0\0\x09\x01", 8);
  wait_method(c, 0x000a000a);
  uint8_t p[256], *at = p;
  put32(at, 0x000a000b); put32(at + 4, 0); at = text(at + 8, "PLAIN");
  put32(at, 12); memcpy(at + 4, "\0guest\0guest", 12); at = text(at + 16, "en_US");
  method(c, 0, p, at - p);
  const uint8_t *tune = wait_method(c, 0x000a001e);
  put32(p, 0x000a001f); memcpy(p + 4, tune + 4, 6); put16(p + 10, 0);
  method(c, 0, p, 12);
  put32(p, 0x000a0028); at = text(p + 4, "/"); *at++ = 0; *at++ = 0;
  method(c, 0, p, at - p);
  wait_method(c, 0x000a0029);
  put32(p, 0x0014000a); p[4] = 0;
  method(c, 1, p, 5);
  wait_method(c, 0x0014000b);
  return c;
}

static void queue_name(char *into, int index) { sprintf(into, "%s-%d", prefix, index); }

static void declare(conn_t *c, int index) {
  char name[128];
  uint8_t p[512], *at;
  queue_name(name, index);
  put32(p, 0x0032000a); put16(p + 4, 0); at = text(p + 6, name);
  *at++ = 2; // durable
  uint8_t *table = at;
  at += 4;
  at = text(at, "x-queue-type"); *at++ = 'S'; put32(at, strlen(type)); memcpy(at + 4, type, strlen(type)); at += 4 + strlen(type);
  put32(table, at - table - 4);
  method(c, 1, p, at - p);
  wait_method(c, 0x0032000b);
}

static void bind_queue(conn_t *c, int index, const char *pattern) {
  char name[128];
  uint8_t p[512], *at;
  queue_name(name, index);
  put32(p, 0x00320014); put16(p + 4, 0); at = text(p + 6, name); at = text(at, prefix); at = text(at, pattern);
  *at++ = 0; put32(at, 0); at += 4;
  method(c, 1, p, at - p);
  wait_method(c, 0x00320015);
}

// Of patterns with a word at the beginning, in the middle and at the end; each key matches one of them.
static void pattern_of(char *into, int index) {
  static const char *const kinds[] = {"site%d.*.event.*", "*.unit%d.#", "#.kind%d"};
  sprintf(into, kinds[index % 3], index);
}
static void key_of(char *into, int number) {
  static const char *const kinds[] = {"site%d.unit.event.%d", "site.unit%d.event.%d", "site.unit.event.%2$d.kind%1$d"};
  int index = number % bindings;
  sprintf(into, kinds[index % 3], index, number);
}

static void declare_exchange(conn_t *c) {
  uint8_t p[512], *at;
  put32(p, 0x0028000a); put16(p + 4, 0); at = text(p + 6, prefix); at = text(at, exchange);
  *at++ = 2; put32(at, 0); at += 4;
  method(c, 1, p, at - p);
  wait_method(c, 0x0028000b);
  char pattern[64];
  if (!strcmp(exchange, "topic")) {
    for (int i = 0; i < bindings; i++) { pattern_of(pattern, i); bind_queue(c, i % queues, pattern); }
  } else {
    for (int i = 0; i < queues; i++) bind_queue(c, i, "");
  }
}

// --- consuming ---

static void *consume(void *unused) {
  (void)unused;
  conn_t *c = dial();
  uint8_t p[256], *at;
  put32(p, 0x003c000a); put32(p + 4, 0); put16(p + 8, prefetch); p[10] = 0;
  method(c, 1, p, 11);
  wait_method(c, 0x003c000b);
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
    receive(c, 0);
    size_t done = 0, filled = 0;
    uint64_t now = now_ns();
    for (size_t bytes; (bytes = whole(c, done)) > 0; done += bytes) {
      const uint8_t *f = c->in + done;
      if (f[0] == 1 && get32(f + 7) == 0x003c003c) {
        uint8_t *ack = acks + filled;
        ack[0] = 1; put16(ack + 1, 1); put32(ack + 3, 13); put32(ack + 7, 0x003c0050);
        memcpy(ack + 11, f + 12 + f[11], 8);
        ack[19] = 0; ack[20] = 0xce;
        filled += 21;
        if (filled > sizeof acks - 64) { send_all(c->fd, acks, filled); filled = 0; }
      } else if (f[0] == 2) {
        is_first_body = 1;
      } else if (f[0] == 3 && is_first_body) {
        is_first_body = 0;
        was_delivered(f + 7, now);
      }
    }
    taken(c, done);
    if (filled > 0) send_all(c->fd, acks, filled);
  }
  return NULL;
}

// --- publishing ---

static conn_t *publisher;
static int messages; // that are encoded, sent in turn
static uint8_t *frames;
static size_t *starts, *bodies; // where each message begins, and where its time goes

static void encode(void) {
  int routed = !strcmp(exchange, "topic");
  messages = routed ? keys : *exchange ? 1 : queues;
  size_t each = size + 512 + (size / 131064 + 1) * 8;
  frames = malloc(each * messages);
  starts = malloc(sizeof *starts * (messages + 1));
  bodies = malloc(sizeof *bodies * messages);
  uint8_t *at = frames, *body = malloc(size + 1);
  memset(body, 'x', size);
  for (int i = 0; i < messages; i++) {
    char key[128] = "";
    uint8_t p[512], *q;
    starts[i] = at - frames;
    if (routed) key_of(key, i);
    else if (!*exchange) queue_name(key, i);
    put32(p, 0x003c0028); put16(p + 4, 0); q = text(p + 6, *exchange ? prefix : ""); q = text(q, key); *q++ = 0;
    at += frame(at, 1, 1, p, q - p);
    put16(p, 60); put16(p + 2, 0); put64(p + 4, size); put16(p + 12, 0x1000); p[14] = 2; // persistent
    at += frame(at, 2, 1, p, 15);
    bodies[i] = at + 7 - frames;
    for (int done = 0; done < size;) {
      int slice = size - done < 131064 ? size - done : 131064;
      at += frame(at, 3, 1, body + done, slice);
      done += slice;
    }
  }
  starts[messages] = at - frames;
  free(body);
}

static void prepare(int declares) {
  if (*exchange && strcmp(exchange, "topic")) copies = queues;
  encode();
  publisher = dial();
  publisher_fd = publisher->fd;
  for (int i = 0; declares && i < queues; i++) declare(publisher, i);
  if (declares && *exchange) declare_exchange(publisher);
  uint8_t select[5] = {0, 85, 0, 10, 0};
  method(publisher, 1, select, 5);
  wait_method(publisher, 0x0055000b);
}

static void clean(void) {
  for (int i = 0; i < queues; i++) {
    char name[128];
    uint8_t p[256], *at;
    queue_name(name, i);
    put32(p, 0x00320028); put16(p + 4, 0); at = text(p + 6, name); *at++ = 0;
    method(publisher, 1, p, at - p);
    wait_method(publisher, 0x00320029);
  }
  if (!*exchange) return;
  uint8_t p[256], *at;
  put32(p, 0x00280014); put16(p + 4, 0); at = text(p + 6, prefix); *at++ = 0;
  method(publisher, 1, p, at - p);
  wait_method(publisher, 0x00280015);
}

static uint8_t settled[RING]; // by publish number: queues confirm in an order of their own
static long first_open = 1;

static void confirm(long number, uint64_t now) {
  if (settled[number % RING]) return;
  settled[number % RING] = 1;
  was_confirmed(number, now);
  while (first_open <= published && settled[first_open % RING]) first_open++;
}

static void read_confirms(void) {
  conn_t *c = publisher;
  receive(c, MSG_DONTWAIT);
  size_t done = 0;
  uint64_t now = now_ns();
  for (size_t bytes; (bytes = whole(c, done)) > 0; done += bytes) {
    const uint8_t *f = c->in + done;
    uint32_t m = f[0] == 1 ? get32(f + 7) : 0;
    if (m == 0x003c0050) {
      long tag = get64(f + 11);
      if (f[19] & 1) {
        for (long each = first_open; each <= tag; each++) confirm(each, now);
      } else {
        confirm(tag, now);
      }
    } else if (m == 0x000a0032 || m == 0x00140028 || m == 0x003c0078) {
      fail("the broker refused a message or closed");
    }
  }
  taken(c, done);
}

static void publish(int count) {
  static uint8_t out[4 << 20];
  static long numbers = 0;
  static int next = 0;
  size_t filled = 0;
  uint64_t now = now_ns();
  for (int i = 0; i < count; i++) {
    size_t start = starts[next], length = starts[next + 1] - start;
    if (filled + length > sizeof out) { send_all(publisher_fd, out, filled); filled = 0; }
    memcpy(out + filled, frames + start, length);
    if (size >= 8) put64(out + filled + (bodies[next] - start), now);
    sent_at[++numbers % RING] = now;
    settled[numbers % RING] = 0;
    filled += length;
    next = next + 1 == messages ? 0 : next + 1;
  }
  send_all(publisher_fd, out, filled);
  published += count;
}

// --- the sink ---

// Whatever is asked is answered with yes; messages go on to the consumer that came last, with a delivery before each.
static void sink_session(int fd) {
  static uint8_t out[8 << 20];
  conn_t *c = conn_of(fd);
  uint64_t tag = 0;
  uint8_t p[64] = {0};
  while (c->used < 8) receive(c, 0);
  taken(c, 8);
  put32(p, 0x000a000a);
  method(c, 0, p, 20);
  int in_message = 0;
  for (;;) {
    receive(c, 0);
    size_t done = 0, filled = 0;
    uint64_t first = tag;
    for (size_t bytes; (bytes = whole(c, done)) > 0; done += bytes) {
      const uint8_t *f = c->in + done;
      uint32_t m = f[0] == 1 ? get32(f + 7) : 0;
      if (m == 0x003c0028) {
        if (tag == 0) await_sink_consumer();
        uint8_t *at = text(p + 4, "c");
        put32(p, 0x003c003c); put64(at, ++tag); at[8] = 0; at = text(at + 9, ""); at = text(at, "q");
        filled += frame(out + filled, 1, 1, p, at - p);
        in_message = 1;
      } else if (in_message && f[0] > 1) {
        memcpy(out + filled, f, bytes);
        filled += bytes;
      } else if (m == 0x000a000b) {
        put32(p, 0x000a001e); put16(p + 4, 2047); put32(p + 6, 131072); put16(p + 10, 0);
        method(c, 0, p, 12);
      } else if (m == 0x003c0014) {
        sink_consumer = fd;
      } else if (m != 0 && m != 0x003c0050 && m != 0x000a001f) {
        memset(p, 0, 24); put32(p, m + 1);
        method(c, m == 0x000a0028 ? 0 : 1, p, 24);
      }
    }
    taken(c, done);
    // A message's rest may come with nothing behind it.
    if (filled > 0 && sink_consumer >= 0) send_all(sink_consumer, out, filled);
    if (tag > first) {
      put32(p, 0x003c0050); put64(p + 4, tag); p[12] = 1;
      method(c, 1, p, 13);
    }
  }
}

// --- connections that do nothing ---

static double resident_mb(int pid) {
  char path[64], line[256];
  long kb = 0;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file)) sscanf(line, "VmRSS: %ld", &kb);
  if (file) fclose(file);
  return kb / 1024.0;
}

static int run_connections(int argc, char **argv) {
  for (int i = 2; i < argc; i++) set(argv[i]);
  double before = resident_mb(broker_pid);
  uint64_t begin = now_ns();
  for (long i = 0; i < until_count; i++) free(dial());
  double took = (now_ns() - begin) / 1e9, cpu = cpu_of(broker_pid);
  usleep((useconds_t)(seconds * 1e6));
  double after = resident_mb(broker_pid);
  printf("{\"messages\":0,\"seconds\":%.3f,\"brokerCpu\":0,\"generatorCpu\":0,\"idleMb\":%.1f,\"eachKb\":%.1f,\"idleCpu\":%.2f}\n",
         took, after, (after - before) * 1024 / until_count, (cpu_of(broker_pid) - cpu) / seconds * 100);
  return 0;
}

int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "connections")) return run_connections(argc, argv);
  return run_load(argc, argv);
}
