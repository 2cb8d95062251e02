// NATS JetStream load that costs next to nothing itself: lines are encoded before the run, answers are scanned.
//
//   raw-nats MODE address=127.0.0.1:4222 pid=PID size=100 prefetch=1000 window=2000 retention=workqueue
//
// Each message is published with a reply subject of its own, on which the stream says that it has it. A pull consumer
// fetches half of `prefetch` at a time and acks each message by itself; at most `prefetch` are unacked.
#include "load.h"

static const char *retention = "workqueue";

static int set_own(const char *key, const char *value) {
  if (strcmp(key, "retention")) return 0;
  retention = value;
  return 1;
}

#define TOKEN 8 // hexadecimal digits of a publish number
static const char inbox[] = "_INBOX.p."; // and the token behind it

// The bytes of a line with its end, 0 while it is not all there.
static size_t line_at(const conn_t *c, size_t done) {
  const uint8_t *from = c->in + done, *end = memchr(from, '\n', c->used - done);
  return end == NULL ? 0 : (size_t)(end - from) + 1;
}

// What a line that begins with MSG says of its length: its last number.
static size_t length_of(const uint8_t *line, size_t bytes) {
  const uint8_t *at = line + bytes - 2, *from = at;
  while (from[-1] != ' ') from--;
  size_t length = 0;
  for (; from < at; from++) length = length * 10 + (*from - '0');
  return length;
}

// Waits for a line that begins so; a message's payload is passed over unless it tells of an error.
static void wait_line(conn_t *c, const char *wanted) {
  for (;;) {
    size_t bytes = line_at(c, 0);
    if (bytes == 0) { receive(c, 0); continue; }
    int found = !strncmp((char *)c->in, wanted, strlen(wanted));
    if (!strncmp((char *)c->in, "-ERR", 4)) { fprintf(stderr, "%.*s", (int)bytes, c->in); exit(1); }
    if (!strncmp((char *)c->in, "MSG ", 4)) {
      size_t whole = bytes + length_of(c->in, bytes) + 2;
      while (c->used < whole) receive(c, 0);
      if (memmem(c->in + bytes, whole - bytes, "\"error\"", 7)) { fprintf(stderr, "%.*s", (int)whole, c->in); exit(1); }
      bytes = whole;
    }
    taken(c, bytes);
    if (found) return;
  }
}

static void put_text(conn_t *c, const char *text) { send_all(c->fd, text, strlen(text)); }

static void request(conn_t *c, const char *subject, const char *json) {
  char line[1024];
  snprintf(line, sizeof line, "PUB %s _INBOX.r%d %zu\r\n%s\r\n", subject, c->fd, strlen(json), json);
  put_text(c, line);
  wait_line(c, "MSG _INBOX.r");
}

static conn_t *dial(void) {
  conn_t *c = conn_of(dialed());
  wait_line(c, "INFO");
  put_text(c, "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true,\"protocol\":1,"
              "\"lang\":\"c\",\"version\":\"1\",\"name\":\"raw\"}\r\n");
  // Every subscriber gets what is sent to a subject: what a connection asks for is answered on its own.
  char subscribe[64];
  snprintf(subscribe, sizeof subscribe, "SUB _INBOX.r%d 1\r\nPING\r\n", c->fd);
  put_text(c, subscribe);
  wait_line(c, "PONG");
  return c;
}

// --- consuming ---

static void ask(conn_t *c, int count) {
  char json[64], line[512];
  sprintf(json, "{\"batch\":%d}", count);
  snprintf(line, sizeof line, "PUB $JS.API.CONSUMER.MSG.NEXT.%s.c _INBOX.c %zu\r\n%s\r\n", prefix, strlen(json), json);
  put_text(c, line);
}

static void *consume(void *unused) {
  (void)unused;
  conn_t *c = dial();
  char subject[256], json[512];
  snprintf(subject, sizeof subject, "$JS.API.CONSUMER.DURABLE.CREATE.%s.c", prefix);
  snprintf(json, sizeof json,
           "{\"stream_name\":\"%s\",\"config\":{\"durable_name\":\"c\",\"ack_policy\":\"explicit\",\"deliver_policy\":\"all\","
           "\"max_ack_pending\":%d,\"ack_wait\":60000000000}}",
           prefix, prefetch);
  request(c, subject, json);
  put_text(c, "SUB _INBOX.c 2\r\n");
  int half = prefetch / 2, asked = prefetch;
  ask(c, half);
  ask(c, half);
  static uint8_t acks[1 << 20];
  while (!stopping) {
    struct pollfd poller = {c->fd, POLLIN, 0};
    if (poll(&poller, 1, 100) <= 0) continue;
    receive(c, 0);
    size_t done = 0, filled = 0;
    uint64_t now = now_ns();
    for (size_t bytes; (bytes = line_at(c, done)) > 0;) {
      const uint8_t *line = c->in + done;
      if (line[0] == 'P' && line[1] == 'I') {
        put_text(c, "PONG\r\n");
      } else if (line[0] == 'M') {
        size_t length = length_of(line, bytes);
        if (c->used - done < bytes + length + 2) break;
        // MSG SUBJECT SID REPLY LENGTH
        const uint8_t *reply = memchr(line + 4, ' ', bytes - 4);
        reply = memchr(reply + 1, ' ', 8) + 1;
        size_t reply_length = (const uint8_t *)memchr(reply, ' ', bytes) - reply;
        memcpy(acks + filled, "PUB ", 4);
        memcpy(acks + filled + 4, reply, reply_length);
        memcpy(acks + filled + 4 + reply_length, " 4\r\n+ACK\r\n", 10);
        filled += reply_length + 14;
        if (filled > sizeof acks - 512) { send_all(c->fd, acks, filled); filled = 0; }
        was_delivered(line + bytes, now);
        asked--;
        bytes += length + 2;
      } else if (line[0] == 'H' || line[0] == '-') {
        fprintf(stderr, "%.*s", (int)(c->used - done), line);
        exit(1);
      }
      done += bytes;
    }
    taken(c, done);
    if (filled > 0) send_all(c->fd, acks, filled);
    for (; asked <= half; asked += half) ask(c, half);
  }
  return NULL;
}

// --- publishing ---

static conn_t *publisher;
static uint8_t *encoded;
static size_t encoded_bytes, token_at, body_at;

static void encode(void) {
  encoded = malloc(size + 512);
  size_t head = sprintf((char *)encoded, "PUB %s.m %s%0*d %d\r\n", prefix, inbox, TOKEN, 0, size);
  token_at = 4 + strlen(prefix) + 3 + strlen(inbox);
  body_at = head;
  memset(encoded + head, 'x', size);
  memcpy(encoded + head + size, "\r\n", 2);
  encoded_bytes = head + size + 2;
}

static void prepare(int declares) {
  encode();
  publisher = dial();
  publisher_fd = publisher->fd;
  char subject[256], json[512];
  snprintf(subject, sizeof subject, "$JS.API.STREAM.CREATE.%s", prefix);
  snprintf(json, sizeof json, "{\"name\":\"%s\",\"subjects\":[\"%s.m\"],\"storage\":\"file\",\"retention\":\"%s\",\"num_replicas\":1}",
           prefix, prefix, retention);
  if (declares) request(publisher, subject, json);
  put_text(publisher, "SUB _INBOX.p.* 3\r\n");
}

static void clean(void) {
  char subject[256];
  snprintf(subject, sizeof subject, "$JS.API.STREAM.DELETE.%s", prefix);
  request(publisher, subject, "");
}

static long number_of(const uint8_t *token) {
  long number = 0;
  for (int i = 0; i < TOKEN; i++) number = number << 4 | (token[i] <= '9' ? token[i] - '0' : token[i] - 'a' + 10);
  return number;
}

static void read_confirms(void) {
  conn_t *c = publisher;
  receive(c, MSG_DONTWAIT);
  size_t done = 0;
  uint64_t now = now_ns();
  for (size_t bytes; (bytes = line_at(c, done)) > 0;) {
    const uint8_t *line = c->in + done;
    if (line[0] == 'P' && line[1] == 'I') {
      put_text(c, "PONG\r\n");
    } else if (line[0] == 'M') {
      size_t length = length_of(line, bytes);
      if (c->used - done < bytes + length + 2) break;
      // {"stream": …, or {"error": …
      if (line[bytes + 2] != 's') { fprintf(stderr, "%.*s", (int)length, line + bytes); exit(1); }
      was_confirmed(number_of(line + 4 + sizeof inbox - 1), now);
      bytes += length + 2;
    } else if (line[0] == 'H' || line[0] == '-') {
      fprintf(stderr, "%.*s", (int)(c->used - done), line);
      exit(1);
    }
    done += bytes;
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
    uint8_t *at = out + filled;
    memcpy(at, encoded, encoded_bytes);
    uint32_t number = ++numbers;
    for (int digit = TOKEN - 1, left = number; digit >= 0; digit--, left >>= 4) at[token_at + digit] = "0123456789abcdef"[left & 15];
    if (size >= 8) put64(at + body_at, now);
    sent_at[numbers % RING] = now;
    filled += encoded_bytes;
  }
  send_all(publisher_fd, out, filled);
  published += count;
}

// --- the sink ---

static void sink_session(int fd) {
  static uint8_t out[8 << 20];
  static __thread uint8_t answers[1 << 20];
  static atomic_int room;
  conn_t *c = conn_of(fd);
  long number = 0;
  room = 0;
  put_text(c, "INFO {}\r\n");
  for (;;) {
    receive(c, 0);
    size_t done = 0, filled = 0, answered = 0;
    for (size_t bytes; (bytes = line_at(c, done)) > 0;) {
      const uint8_t *line = c->in + done;
      if (line[0] == 'P' && line[1] == 'I') put_text(c, "PONG\r\n");
      if (line[0] == 'P' && line[1] == 'U') {
        size_t length = length_of(line, bytes);
        if (c->used - done < bytes + length + 2) break;
        if (!memcmp(line + 4, "$JS.API.CONSUMER.MSG", 20)) {
          sink_consumer = fd;
          room += atoi((char *)line + bytes + 9);
        } else if (!memcmp(line + 4, "$JS.ACK", 7)) {
        } else if (line[4] == '$') {
          put_text(c, "MSG _INBOX.r 1 2\r\n{}\r\n");
        } else {
          if (number++ == 0) await_sink_consumer();
          const uint8_t *token = memmem(line, bytes, inbox, sizeof inbox - 1);
          answered += sprintf((char *)answers + answered, "MSG %.*s 3 27\r\n{\"stream\":\"s\",\"seq\":1234567}\r\n",
                              (int)sizeof inbox - 1 + TOKEN, token);
          filled += sprintf((char *)out + filled, "MSG s.m 2 $JS.ACK.s.c.1.%ld.%ld.1700000000000000000.0 %zu\r\n", number, number, length);
          memcpy(out + filled, line + bytes, length + 2);
          filled += length + 2;
          for (int i = 0; sink_consumer >= 0 && room <= 0 && i < 1000; i++) usleep(10);
          if (sink_consumer >= 0) room--;
        }
        bytes += length + 2;
      }
      done += bytes;
      if (filled > 0 && (filled > sizeof out / 2 || room <= 0)) {
        if (sink_consumer >= 0) send_all(sink_consumer, out, filled);
        filled = 0;
      }
      if (answered > sizeof answers / 2) { send_all(fd, answers, answered); answered = 0; }
    }
    taken(c, done);
    if (filled > 0 && sink_consumer >= 0) send_all(sink_consumer, out, filled);
    if (answered > 0) send_all(fd, answers, answered);
  }
}

int main(int argc, char **argv) { return run_load(argc, argv); }
