// SQS load that costs next to nothing itself: requests are encoded before the run, answers are scanned for receipt handles.
//
//   raw-sqs e2e address=127.0.0.1:9324 pid=PID size=100 connections=16 batch=10 warmup=1 seconds=5
//       each connection sends a batch, receives one, deletes what it got, and so on; rates are of messages deleted
//   raw-sqs send    rate=1000: single sends at their times; `ack` is from when each was due until it was answered
//   raw-sqs wake    rate=200: `connections` long polls wait, messages come one at a time; `endToEnd` is from when a send began
//       until a poll was answered with it
//   raw-sqs idle    connections=1000: long polls at a queue that stays empty
//   raw-sqs sink    a broker that keeps nothing: says where it listens, and answers until it is ended
//
// JSON protocol with the headers of an SDK. The last line of the output is JSON: see Outcome in generator.ts.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 4096
#define BATCH_MAX 10
#define REQUEST_MAX (1 << 17)
#define ANSWER_MAX (1 << 18)
#define HANDLE_MAX 512

static const char *address = "127.0.0.1:9324", *prefix = "bench";
static int size = 100, connections = 16, batch = 10, broker_pid = 0;
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

// --- times ---

#define TIMES_MAX 4000000
typedef struct { uint32_t *us; long count; } times_t;
static times_t ack_times, end_times;

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

// --- requests ---

typedef struct { char *bytes; int length; } request_t;

static char queue_url[512];
static request_t sending, receiving, polling;

static int with_head(char *out, const char *action, const char *body, int length) {
  int head = sprintf(out,
    "POST / HTTP/1.1\r\nHost: %s\r\nX-Amz-Target: AmazonSQS.%s\r\nContent-Type: application/x-amz-json-1.0\r\n"
    "x-amzn-query-mode: true\r\nuser-agent: aws-sdk-js/3.1017.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#20.19.0 api/sqs#3.1017.0\r\n"
    "amz-sdk-invocation-id: 5a1f4b4e-7a53-4a6f-9f0e-0d1c2b3a4f5e\r\namz-sdk-request: attempt=1; max=3\r\n"
    "x-amz-date: 20260101T000000Z\r\nx-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\r\n"
    "Authorization: AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/sqs/aws4_request, SignedHeaders=amz-sdk-invocation-id;"
    "amz-sdk-request;content-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target, "
    "Signature=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\r\nContent-Length: %d\r\n\r\n",
    address, action, length);
  memcpy(out + head, body, length);
  return head + length;
}

static request_t encoded(const char *action, const char *body) {
  request_t made = {malloc(strlen(body) + 2048), 0};
  made.length = with_head(made.bytes, action, body, strlen(body));
  return made;
}

static char *padded(void) {
  char *body = malloc(size + 1);
  memset(body, 'x', size);
  body[size] = 0;
  return body;
}

static request_t batch_of(int count) {
  char *body = malloc((size + 100) * count + 1024), *text = padded(), *at = body;
  at += sprintf(at, "{\"QueueUrl\":\"%s\",\"Entries\":[", queue_url);
  for (int i = 0; i < count; i++) at += sprintf(at, "%s{\"Id\":\"%d\",\"MessageBody\":\"%s\"}", i ? "," : "", i, text);
  sprintf(at, "]}");
  return encoded("SendMessageBatch", body);
}

// With room for the time in front of the body.
static request_t single(void) {
  char *body = malloc(size + 1024), *text = padded();
  sprintf(body, "{\"QueueUrl\":\"%s\",\"MessageBody\":\"%s\"}", queue_url, text);
  return encoded("SendMessage", body);
}

static request_t receive_of(int count, int wait_s) {
  char body[1024];
  sprintf(body, "{\"QueueUrl\":\"%s\",\"MaxNumberOfMessages\":%d,\"WaitTimeSeconds\":%d}", queue_url, count, wait_s);
  return encoded("ReceiveMessage", body);
}

// --- connections ---

enum { IDLE, SENDING, RECEIVING, DELETING };

typedef struct {
  int fd, doing, handles;
  uint64_t since;
  size_t used;
  char handle[BATCH_MAX][HANDLE_MAX];
  char in[ANSWER_MAX];
} conn_t;

static conn_t *conns[CONNECTIONS_MAX];
static int epoll_fd;
static long sent, deleted, answered, refused;
static int measuring;

static struct sockaddr_in where(void) {
  char host[64];
  snprintf(host, sizeof host, "%s", address);
  char *colon = strrchr(host, ':');
  if (!colon) fail("address");
  *colon = 0;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(colon + 1))};
  inet_pton(AF_INET, host, &to.sin_addr);
  return to;
}

static conn_t *dial(void) {
  conn_t *c = calloc(1, sizeof *c);
  struct sockaddr_in to = where();
  int one = 1;
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to)) fail("connect");
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event);
  return c;
}

static void write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t done = send(fd, bytes, length, MSG_NOSIGNAL);
    if (done < 0 && errno != EINTR) fail("send");
    if (done > 0) { bytes += done; length -= done; }
  }
}

static void ask(conn_t *c, int what, const request_t *request) {
  c->doing = what;
  c->since = now_ns();
  write_all(c->fd, request->bytes, request->length);
}

static void ask_delete(conn_t *c) {
  static char body[BATCH_MAX * (HANDLE_MAX + 64) + 1024], out[sizeof body + 2048];
  char *at = body + sprintf(body, "{\"QueueUrl\":\"%s\",\"Entries\":[", queue_url);
  for (int i = 0; i < c->handles; i++) {
    at += sprintf(at, "%s{\"Id\":\"%d\",\"ReceiptHandle\":\"%s\"}", i ? "," : "", i, c->handle[i]);
  }
  at += sprintf(at, "]}");
  request_t request = {out, with_head(out, "DeleteMessageBatch", body, at - body)};
  ask(c, DELETING, &request);
}

// The whole answer's length once it is there, its body at *body; 0 before.
static size_t whole(conn_t *c, char **body) {
  char *end = memmem(c->in, c->used, "\r\n\r\n", 4);
  if (!end) return 0;
  *end = 0;
  char *length = strcasestr(c->in, "\r\ncontent-length:");
  *end = '\r';
  if (!length) fail("an answer without a length");
  size_t bytes = end + 4 - c->in + atol(length + 17);
  if (bytes >= sizeof c->in) fail("an answer that is too long");
  if (c->used < bytes) return 0;
  if (memcmp(c->in + 9, "200", 3)) {
    fprintf(stderr, "refused: %.*s\n", (int)bytes, c->in);
    exit(1);
  }
  *body = end + 4;
  return bytes;
}

static int read_some(conn_t *c) {
  ssize_t got = recv(c->fd, c->in + c->used, sizeof c->in - c->used, 0);
  if (got <= 0) fail("the broker closed a connection");
  c->used += got;
  return 1;
}

static int count_of(const char *from, const char *to, const char *what) {
  int count = 0;
  size_t length = strlen(what);
  for (const char *at = from; (at = memmem(at, to - at, what, length)); at += length) count++;
  return count;
}

// Handles as they are in the answer, escapes and all.
static void take_handles(conn_t *c, char *body, char *end) {
  static const char name[] = "\"ReceiptHandle\":\"";
  c->handles = 0;
  for (char *at = body; c->handles < BATCH_MAX && (at = memmem(at, end - at, name, sizeof name - 1));) {
    at += sizeof name - 1;
    char *quote = memchr(at, '"', end - at);
    size_t length = quote - at;
    if (length >= HANDLE_MAX) fail("a handle that is too long");
    memcpy(c->handle[c->handles], at, length);
    c->handle[c->handles++][length] = 0;
    at = quote;
  }
}

// --- what each mode does with an answer ---

static void (*on_answer)(conn_t *c, char *body, char *end);

static void e2e_next(conn_t *c) {
  // No more is sent than is received soon after.
  if (sent - deleted > (long)connections * batch * 2) ask(c, RECEIVING, &receiving);
  else ask(c, SENDING, &sending);
}

static void e2e_answer(conn_t *c, char *body, char *end) {
  if (c->doing == SENDING) {
    int taken = count_of(body, end, "\"MessageId\"");
    sent += taken;
    refused += batch - taken;
    ask(c, RECEIVING, &receiving);
  } else if (c->doing == RECEIVING) {
    take_handles(c, body, end);
    if (c->handles > 0) ask_delete(c);
    else e2e_next(c);
  } else {
    deleted += c->handles;
    e2e_next(c);
  }
}

static void send_answer(conn_t *c, char *body, char *end) {
  (void)body, (void)end;
  if (measuring) note(&ack_times, c->since, now_ns());
  answered++;
  c->doing = IDLE;
}

static void wake_answer(conn_t *c, char *body, char *end) {
  if (c->doing == SENDING) {
    c->doing = IDLE;
  } else if (c->doing == RECEIVING) {
    uint64_t now = now_ns();
    char *text = memmem(body, end - body, "\"Body\":\"", 8);
    if (!text) { ask(c, RECEIVING, &polling); return; }
    if (measuring) note(&end_times, strtoull(text + 8, NULL, 10), now);
    take_handles(c, body, end);
    ask_delete(c);
  } else {
    answered++;
    ask(c, RECEIVING, &polling);
  }
}

static void idle_answer(conn_t *c, char *body, char *end) {
  (void)body, (void)end;
  answered++;
  ask(c, RECEIVING, &polling);
}

static void turn(int timeout_ms) {
  struct epoll_event events[256];
  int count = epoll_wait(epoll_fd, events, 256, timeout_ms);
  for (int i = 0; i < count; i++) {
    conn_t *c = events[i].data.ptr;
    char *body;
    read_some(c);
    size_t bytes = whole(c, &body);
    if (bytes == 0) continue;
    if (c->used != bytes) fail("more than one answer");
    c->used = 0;
    on_answer(c, body, c->in + bytes);
  }
}

// One request and its answer, before and after the run.
static char *call(const char *action, const char *text) {
  conn_t *c = dial();
  request_t request = encoded(action, text);
  write_all(c->fd, request.bytes, request.length);
  char *body;
  size_t bytes;
  while ((bytes = whole(c, &body)) == 0) read_some(c);
  char *answer = strndup(body, c->in + bytes - body);
  close(c->fd);
  return answer;
}

static void make_queue(void) {
  char body[256];
  sprintf(body, "{\"QueueName\":\"%s\"}", prefix);
  char *answer = call("CreateQueue", body), *at = strstr(answer, "\"QueueUrl\":\"");
  if (!at) fail("no queue URL");
  sscanf(at + 12, "%511[^\"]", queue_url);
}

static void stamp(request_t *request, uint64_t now) {
  char *at = strstr(request->bytes, "\"MessageBody\":\"") + 15, text[24];
  sprintf(text, "%019llu", (unsigned long long)now);
  memcpy(at, text, 19);
  at[19] = 'x';
}

// Sends at their times over connections from `first` on; what is due while all are busy is late, and counted as such.
static void pump(double for_seconds, int first, int last) {
  uint64_t begin = now_ns(), end = begin + (uint64_t)(for_seconds * 1e9);
  long due_count = 0;
  while (now_ns() < end) {
    if (rate > 0) {
      for (;;) {
        uint64_t due = begin + (uint64_t)(due_count / rate * 1e9), now = now_ns();
        if (due > now) break;
        int i = first;
        while (i < last && conns[i]->doing != IDLE) i++;
        if (i == last) break;
        if (size >= 20) stamp(&sending, due);
        ask(conns[i], SENDING, &sending);
        conns[i]->since = due;
        sent++;
        due_count++;
      }
      turn(0);
      struct timespec nap = {0, 20000};
      nanosleep(&nap, NULL);
    } else {
      turn(10);
    }
  }
}

static void run(const char *mode) {
  ack_times.us = malloc(TIMES_MAX * sizeof(uint32_t));
  end_times.us = malloc(TIMES_MAX * sizeof(uint32_t));
  epoll_fd = epoll_create1(0);
  make_queue();
  int is_e2e = !strcmp(mode, "e2e"), is_wake = !strcmp(mode, "wake"), is_idle = !strcmp(mode, "idle");
  sending = is_e2e ? batch_of(batch) : single();
  receiving = receive_of(batch, 0);
  polling = receive_of(1, 20);
  on_answer = is_e2e ? e2e_answer : is_wake ? wake_answer : is_idle ? idle_answer : send_answer;
  // Waking has senders of its own, behind those that wait.
  int last = is_wake ? connections * 2 : connections;
  for (int i = 0; i < last; i++) conns[i] = dial();
  for (int i = 0; i < connections; i++) {
    if (is_e2e) ask(conns[i], SENDING, &sending);
    else if (is_wake || is_idle) ask(conns[i], RECEIVING, &polling);
  }
  int first = is_wake ? connections : 0;
  pump(warmup, first, last);
  long before = is_e2e ? deleted : answered;
  double broker_before = cpu_of(broker_pid), own_before = own_cpu();
  uint64_t begin = now_ns();
  measuring = 1;
  pump(seconds, first, last);
  measuring = 0;
  double took = (now_ns() - begin) / 1e9;
  double broker_cpu = cpu_of(broker_pid) - broker_before, generator_cpu = own_cpu() - own_before;
  long count = (is_e2e ? deleted : answered) - before;
  for (int i = 0; i < last; i++) close(conns[i]->fd);
  char body[600];
  sprintf(body, "{\"QueueUrl\":\"%s\"}", queue_url);
  call("DeleteQueue", body);
  printf("{\"messages\":%ld,\"seconds\":%.3f,\"brokerCpu\":%.3f,\"generatorCpu\":%.3f,\"failures\":%ld", is_idle ? 0 : count, took,
         broker_cpu, generator_cpu, refused);
  if (is_idle) printf(",\"idleCpu\":%.2f", broker_cpu / took * 100);
  tell_times("ack", &ack_times);
  tell_times("endToEnd", &end_times);
  printf("}\n");
}

// --- the sink ---

static char answers[4][1 << 16];

static void sink_answers(void) {
  char body[1 << 15], *at = body + sprintf(body, "{\"Successful\":[");
  for (int i = 0; i < batch; i++) {
    at += sprintf(at, "%s{\"Id\":\"%d\",\"MessageId\":\"5a1f4b4e-7a53-4a6f-9f0e-0d1c2b3a4f5e\",\"MD5OfMessageBody\":\"%032d\"}", i ? "," : "", i, i);
  }
  sprintf(at, "]}");
  const char *head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %zu\r\n\r\n%s";
  sprintf(answers[0], head, strlen(body), body);
  at = body + sprintf(body, "{\"Messages\":[");
  char *text = padded();
  for (int i = 0; i < batch; i++) {
    at += sprintf(at, "%s{\"MessageId\":\"5a1f4b4e-7a53-4a6f-9f0e-0d1c2b3a4f5e\",\"ReceiptHandle\":\"%044d\",\"MD5OfBody\":\"%032d\",\"Body\":\"%s\"}", i ? "," : "", i, i, text);
  }
  sprintf(at, "]}");
  sprintf(answers[1], head, strlen(body), body);
  sprintf(body, "{\"Successful\":[{\"Id\":\"0\"}]}");
  sprintf(answers[2], head, strlen(body), body);
  sprintf(body, "{\"QueueUrl\":\"http://%s/000000000000/%s\"}", address, prefix);
  sprintf(answers[3], head, strlen(body), body);
}

static void sink_session(conn_t *c) {
  ssize_t got = recv(c->fd, c->in + c->used, sizeof c->in - c->used - 1, 0);
  if (got <= 0) { close(c->fd); free(c); return; }
  c->used += got;
  c->in[c->used] = 0;
  char *end = strstr(c->in, "\r\n\r\n"), *length = strstr(c->in, "Content-Length: ");
  if (!end || !length || c->used < (size_t)(end + 4 - c->in + atol(length + 16))) return;
  c->used = 0;
  char *target = strstr(c->in, "AmazonSQS.") + 10;
  const char *answer = answers[!strncmp(target, "Send", 4) ? 0 : !strncmp(target, "Receive", 7) ? 1 : !strncmp(target, "Delete", 6) ? 2 : 3];
  write_all(c->fd, answer, strlen(answer));
}

static void sink(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof at;
  if (bind(listener, (struct sockaddr *)&at, length) || listen(listener, 128)) fail("listen");
  getsockname(listener, (struct sockaddr *)&at, &length);
  static char own[64];
  sprintf(own, "127.0.0.1:%d", ntohs(at.sin_port));
  address = own;
  sink_answers();
  printf("%s\n", own);
  fflush(stdout);
  epoll_fd = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    struct epoll_event events[256];
    int count = epoll_wait(epoll_fd, events, 256, -1);
    for (int i = 0; i < count; i++) {
      if (events[i].data.ptr) { sink_session(events[i].data.ptr); continue; }
      conn_t *c = calloc(1, sizeof *c);
      c->fd = accept(listener, NULL, NULL);
      setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      struct epoll_event added = {.events = EPOLLIN, .data.ptr = c};
      epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &added);
    }
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
    else if (!strcmp(key, "prefix")) prefix = value;
    else if (!strcmp(key, "pid")) broker_pid = atoi(value);
    else if (!strcmp(key, "size")) size = atoi(value);
    else if (!strcmp(key, "batch")) batch = atoi(value);
    else if (!strcmp(key, "connections")) connections = atoi(value);
    else if (!strcmp(key, "rate")) rate = atof(value);
    else if (!strcmp(key, "warmup")) warmup = atof(value);
    else if (!strcmp(key, "seconds")) seconds = atof(value);
    else { fprintf(stderr, "unknown %s\n", key); return 2; }
  }
  if (batch > BATCH_MAX || connections * 2 > CONNECTIONS_MAX) fail("too many");
  if (!strcmp(mode, "sink")) sink();
  else if (!strcmp(mode, "e2e") || !strcmp(mode, "send") || !strcmp(mode, "wake") || !strcmp(mode, "idle")) run(mode);
  else { fprintf(stderr, "e2e, send, wake, idle or sink\n"); return 2; }
  return 0;
}
