// Load on a Redis stream that costs next to nothing itself: commands are encoded before the run, answers are scanned.
//
//   raw-redis MODE address=127.0.0.1:6379 pid=PID size=100 prefetch=1000 window=2000 trim=100000
//
// XADD, pipelined, is answered when Redis' durability says so. XREADGROUP takes up to `prefetch` entries at a time, one XACK
// acks them all. Acked entries stay in a stream: all but the last `trim` are dropped (MAXLEN ~), none at 0.
#include "load.h"

static long trim = 100000;

static int set_own(const char *key, const char *value) {
  if (strcmp(key, "trim")) return 0;
  trim = atol(value);
  return 1;
}

static size_t line_at(const conn_t *c, size_t done) {
  const uint8_t *from = c->in + done, *end = memchr(from, '\n', c->used - done);
  return end == NULL ? 0 : (size_t)(end - from) + 1;
}

static void refused(const uint8_t *line, size_t bytes) {
  fprintf(stderr, "redis: %.*s", (int)bytes, line);
  exit(1);
}

// So many words as Redis takes a command.
static size_t command(uint8_t *out, int count, const char *const *words) {
  size_t filled = sprintf((char *)out, "*%d\r\n", count);
  for (int i = 0; i < count; i++) filled += sprintf((char *)out + filled, "$%zu\r\n%s\r\n", strlen(words[i]), words[i]);
  return filled;
}

static void ask(conn_t *c, int count, const char *const *words) {
  uint8_t out[1024];
  send_all(c->fd, out, command(out, count, words));
  size_t bytes;
  while ((bytes = line_at(c, 0)) == 0) receive(c, 0);
  if (c->in[0] == '-') refused(c->in, bytes);
  taken(c, bytes);
}

// --- consuming ---

static size_t number_behind(const uint8_t *at) {
  size_t number = 0;
  for (at++; *at >= '0' && *at <= '9'; at++) number = number * 10 + (*at - '0');
  return number;
}

// $LENGTH\r\n…\r\n at `at`: where it ends, NULL while it is not all there; its content in `body`.
static const uint8_t *bulk(const uint8_t *at, const uint8_t *end, const uint8_t **body) {
  const uint8_t *line = at < end ? memchr(at, '\n', end - at) : NULL;
  if (line == NULL) return NULL;
  *body = line + 1;
  size_t length = number_behind(at) + 2;
  return (size_t)(end - *body) < length ? NULL : *body + length;
}

// An entry: *2 of its id and *2 of a name and the body.
static const uint8_t *entry(const uint8_t *at, const uint8_t *end, const uint8_t **id, const uint8_t **body) {
  const uint8_t *name;
  if (end - at < 4 || (at = bulk(at + 4, end, id)) == NULL) return NULL;
  if (end - at < 4 || (at = bulk(at + 4, end, &name)) == NULL) return NULL;
  return bulk(at, end, body);
}

static void *consume(void *unused) {
  (void)unused;
  conn_t *c = conn_of(dialed());
  char count[16];
  sprintf(count, "%d", prefetch);
  const char *const words[] = {"XREADGROUP", "GROUP", "g", "c", "COUNT", count, "BLOCK", "1000", "STREAMS", prefix, ">"};
  uint8_t read[512];
  size_t read_bytes = command(read, 11, words);
  uint8_t *acks = malloc(64 * prefetch + 1024);
  size_t head = 0, filled = 0, left = 0;
  int ids = 0;
  send_all(c->fd, read, read_bytes);
  while (!stopping) {
    struct pollfd poller = {c->fd, POLLIN, 0};
    if (poll(&poller, 1, 100) <= 0) continue;
    receive(c, 0);
    size_t done = 0;
    uint64_t now = now_ns();
    for (;;) {
      const uint8_t *at = c->in + done, *end = c->in + c->used, *id, *body, *next;
      if (left == 0) {
        size_t bytes = line_at(c, done);
        if (bytes == 0) break;
        if (*at == '-') refused(at, bytes);
        if (*at == '*' && at[1] == '1') {
          // *1, *2, the stream's name, * and how many entries
          const uint8_t *name, *counted = end - at < 8 ? NULL : bulk(at + 8, end, &name);
          const uint8_t *line = counted == NULL || counted >= end ? NULL : memchr(counted, '\n', end - counted);
          if (line == NULL) break;
          left = number_behind(counted);
          ids = 0;
          head = filled = 32;
          bytes = line + 1 - at;
        } else if (*at == '*') {
          send_all(c->fd, read, read_bytes); // nothing came in time
        }
        done += bytes;
      } else {
        next = entry(at, end, &id, &body);
        if (next == NULL) break;
        size_t length = (const uint8_t *)memchr(id, '\r', 64) - id;
        filled += sprintf((char *)acks + filled, "$%zu\r\n%.*s\r\n", length, (int)length, id);
        ids++;
        was_delivered(body, now);
        done = next - c->in;
        if (--left > 0) continue;
        char start[256];
        int bytes = sprintf(start, "*%d\r\n$4\r\nXACK\r\n$%zu\r\n%s\r\n$1\r\ng\r\n", ids + 3, strlen(prefix), prefix);
        send_all(c->fd, start, bytes);
        memcpy(acks + filled, read, read_bytes);
        send_all(c->fd, acks + head, filled - head + read_bytes);
      }
    }
    taken(c, done);
  }
  return NULL;
}

// --- publishing ---

static conn_t *publisher;
static uint8_t *encoded;
static size_t encoded_bytes, body_at;

static void prepare(int declares) {
  char most[24];
  sprintf(most, "%ld", trim);
  const char *const trimmed[] = {"XADD", prefix, "MAXLEN", "~", most, "*", "d"};
  const char *const whole[] = {"XADD", prefix, "*", "d"};
  encoded = malloc(size + 512);
  body_at = trim > 0 ? command(encoded, 7, trimmed) : command(encoded, 4, whole);
  encoded[1]++; // one word more, the body
  body_at += sprintf((char *)encoded + body_at, "$%d\r\n", size);
  memset(encoded + body_at, 'x', size);
  memcpy(encoded + body_at + size, "\r\n", 2);
  encoded_bytes = body_at + size + 2;
  publisher = conn_of(dialed());
  publisher_fd = publisher->fd;
  const char *const group[] = {"XGROUP", "CREATE", prefix, "g", "0", "MKSTREAM"};
  if (declares) ask(publisher, 6, group);
}

static void clean(void) {
  const char *const words[] = {"UNLINK", prefix};
  ask(publisher, 2, words);
}

// Answers come in the order of the commands, two lines each.
static void read_confirms(void) {
  static long number = 0;
  conn_t *c = publisher;
  receive(c, MSG_DONTWAIT);
  size_t done = 0;
  uint64_t now = now_ns();
  for (size_t bytes; (bytes = line_at(c, done)) > 0;) {
    if (c->in[done] != '$') refused(c->in + done, bytes);
    size_t second = line_at(c, done + bytes);
    if (second == 0) break;
    was_confirmed(++number, now);
    done += bytes + second;
  }
  taken(c, done);
}

static void publish(int count) {
  static uint8_t out[4 << 20];
  static long numbers = 0;
  size_t filled = 0;
  uint64_t now = now_ns();
  for (int i = 0; i < count; i++) {
    if (filled + encoded_bytes > sizeof out) { send_all(publisher_fd, out, filled); filled = 0; }
    memcpy(out + filled, encoded, encoded_bytes);
    // Redis is told the length and does not mind what the bytes are; our scanning of lines never sees them either.
    if (size >= 8) put64(out + filled + body_at, now);
    sent_at[++numbers % RING] = now;
    filled += encoded_bytes;
  }
  send_all(publisher_fd, out, filled);
  published += count;
}

// --- the sink ---

static pthread_mutex_t sink_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t sink_filled = PTHREAD_COND_INITIALIZER;
static uint64_t sink_times[RING];
static long sink_first, sink_next;

// A command's words: where the last one begins; NULL while it is not all there.
static const uint8_t *command_at(const uint8_t *at, const uint8_t *end, const uint8_t **name, const uint8_t **last) {
  const uint8_t *line = memchr(at, '\n', end - at);
  if (line == NULL) return NULL;
  long words = number_behind(at);
  at = bulk(line + 1, end, name);
  for (*last = *name; at != NULL && --words > 0;) at = bulk(at, end, last);
  return at;
}

static void sink_entries(int fd) {
  static uint8_t out[4 << 20];
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec++;
  pthread_mutex_lock(&sink_lock);
  while (sink_first == sink_next) {
    if (pthread_cond_timedwait(&sink_filled, &sink_lock, &until) != 0) break;
  }
  long count = sink_next - sink_first;
  if (count > 1000) count = 1000;
  size_t filled = count == 0 ? sprintf((char *)out, "*-1\r\n") : sprintf((char *)out, "*1\r\n*2\r\n$1\r\ns\r\n*%ld\r\n", count);
  for (long i = 0; i < count; i++) {
    filled += sprintf((char *)out + filled, "*2\r\n$15\r\n1700000000000-0\r\n*2\r\n$1\r\nd\r\n$%d\r\n", size);
    put64(out + filled, sink_times[sink_first++ % RING]);
    filled += size;
    out[filled++] = '\r';
    out[filled++] = '\n';
  }
  pthread_mutex_unlock(&sink_lock);
  send_all(fd, out, filled);
}

static void sink_session(int fd) {
  conn_t *c = conn_of(fd);
  static __thread uint8_t answers[1 << 20];
  for (;;) {
    receive(c, 0);
    size_t done = 0, filled = 0;
    pthread_mutex_lock(&sink_lock);
    for (const uint8_t *name, *last, *next; done < c->used; done = next - c->in) {
      next = command_at(c->in + done, c->in + c->used, &name, &last);
      if (next == NULL) break;
      if (!memcmp(name, "XADD", 4)) {
        sink_times[sink_next++ % RING] = get64(last);
        filled += sprintf((char *)answers + filled, "$15\r\n1700000000000-0\r\n");
      } else if (!memcmp(name, "XREAD", 5)) {
        pthread_mutex_unlock(&sink_lock);
        sink_entries(fd);
        pthread_mutex_lock(&sink_lock);
      } else {
        if (memcmp(name, "XACK", 4)) sink_first = sink_next; // a new run
        filled += sprintf((char *)answers + filled, ":1\r\n");
      }
      if (filled > sizeof answers / 2) { send_all(fd, answers, filled); filled = 0; }
    }
    pthread_cond_broadcast(&sink_filled);
    pthread_mutex_unlock(&sink_lock);
    taken(c, done);
    if (filled > 0) send_all(fd, answers, filled);
  }
}

int main(int argc, char **argv) { return run_load(argc, argv); }
