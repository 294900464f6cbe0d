/*
 * Load for the benchmark: one thread, epoll, plain OP_MSG. Every byte of every reply is compared
 * with what the canned upstream must have said, the stamp and responseTo being new each time, so a
 * lost, swapped or altered reply is seen and not counted as speed.
 *
 * Closed loop (default): each connection sends its next request when the last is answered.
 * Open loop (--rate): requests are due at fixed times whatever happens, and latency counts from
 * the time a request was due, not from when a connection was free to send it.
 *
 *   load --port P --connections N --seconds S [--warm S] [--workload find|batch|insert|insertMany]
 *        [--rate R] [--watch PID]
 *
 * Prints one line of JSON. Exit code: 0 clean; 1 lost connections, wrong replies or requests never
 * answered; 2 cannot run.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "latency.h"
#include "workload.h"

enum { RECEIVE = 1 << 18, MAX_CONNECTIONS = 16384 };
static const int64_t PATIENCE = 5000000000; /* for what is unanswered at the end, ns */

struct connection {
  int socket;
  int busy;
  int32_t id;       /* requestID in flight */
  int64_t stamp;    /* _id in flight */
  int64_t due;      /* when the request should have left, ns */
  size_t received;  /* bytes of the reply so far */
  struct bytes request;
  size_t sent;
};

static struct {
  int port, connections, watch;
  double seconds, warm, rate;
  const char *workload;
} options = {.connections = 1, .seconds = 1, .warm = 0.2, .workload = "find"};

static struct connection *connections, **idle;
static int idle_count, poll_set;
static unsigned char received[RECEIVE];
static uint64_t operations, wrong, lost;
static int64_t next_due, overdue; /* request numbers of the open loop */
static int64_t begin_time;
static int32_t next_id = 1000;
static int measuring, stopping;

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* CPU time of another process, dead threads included. */
static int64_t cpu_ns(int pid) {
  struct timespec t;
  clockid_t clock = (clockid_t)(((unsigned)~pid << 3) | 2);
  if (!pid || clock_gettime(clock, &t)) return 0;
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Each connection is a driver's: its own session id, its own copy of the request. */
static void prepare(struct connection *c) {
  c->request.size = 0;
  put(&c->request, request.data, request.size);
  unsigned char *lsid = memmem(c->request.data, c->request.size, "0123456789abcdef", 16);
  if (getrandom(lsid, 16, 0) != 16) die("getrandom");
}

static void forget(struct connection *c) {
  lost++;
  close(c->socket);
  c->socket = -1;
}

static void flush(struct connection *c) {
  while (c->sent < c->request.size) {
    ssize_t n = send(c->socket, c->request.data + c->sent, c->request.size - c->sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) {
      struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
      epoll_ctl(poll_set, EPOLL_CTL_MOD, c->socket, &e);
      return;
    }
    if (n < 0) {
      forget(c);
      return;
    }
    c->sent += (size_t)n;
  }
}

static void ask(struct connection *c, int64_t due) {
  c->busy = 1;
  c->due = due;
  c->id = next_id++;
  c->stamp = ((int64_t)(c - connections) << 40) | c->id;
  c->received = c->sent = 0;
  set_int(c->request.data + 4, c->id);
  if (request_stamp) memcpy(c->request.data + request_stamp, &c->stamp, 8);
  flush(c);
}

/* Sends what is due as far as connections are free; what is not stays due since its own time. */
static void ask_due(int64_t now) {
  while (begin_time + (int64_t)((double)next_due * 1e9 / options.rate) <= now) next_due++;
  while (overdue < next_due && idle_count)
    ask(idle[--idle_count], begin_time + (int64_t)((double)overdue++ * 1e9 / options.rate));
}

static void report_difference(const struct connection *c, size_t at, size_t n) {
  if (wrong++ || lost) return;
  size_t i = 0;
  while (i < n && received[i] == reply.data[at + i]) i++;
  fprintf(stderr, "load: connection %ld: reply differs at byte %zu (of %zu), received: ",
          (long)(c - connections), at + i, reply.size);
  for (size_t k = 0; k < n && k < 400; k++)
    fputc(received[k] >= 32 && received[k] < 127 ? received[k] : '.', stderr);
  fputc('\n', stderr);
}

/* Compares a piece of the reply with what it must be; our own numbers are patched in first. */
static int as_expected(struct connection *c, size_t n) {
  size_t at = c->received;
  if (at + n > reply.size) return 0;
  for (size_t i = 4; i < 8; i++)
    if (i >= at && i < at + n) reply.data[i] = received[i - at]; /* their requestID: anything */
  set_int(reply.data + 8, c->id);
  if (reply_stamp) memcpy(reply.data + reply_stamp, &c->stamp, 8);
  return memcmp(received, reply.data + at, n) == 0;
}

static void answered(struct connection *c, int64_t now) {
  c->busy = 0;
  if (measuring) {
    operations++;
    buckets[bucket_of(now - c->due)]++;
  }
  if (stopping) return;
  if (options.rate > 0) {
    idle[idle_count++] = c;
    ask_due(now);
  } else {
    ask(c, now);
  }
}

static void on_readable(struct connection *c) {
  for (;;) {
    ssize_t n = recv(c->socket, received, RECEIVE, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      forget(c);
      return;
    }
    if (!c->busy || !as_expected(c, (size_t)n)) {
      report_difference(c, c->received, (size_t)n);
      forget(c);
      return;
    }
    c->received += (size_t)n;
    if (c->received == reply.size) {
      answered(c, now_ns());
      return;
    }
  }
}

/* Connects and greets, one after the other: this part is not measured. */
static void connect_one(struct connection *c) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)options.port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int on = 1;
  struct timeval patience = {.tv_sec = 20};
  c->socket = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(c->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(c->socket, (struct sockaddr *)&address, sizeof address)) die("load: connect");
  struct bytes hello = {0};
  size_t body = begin_message(&hello);
  bson_int(&hello, "hello", 1);
  bson_text(&hello, "$db", "admin");
  end(&hello, body);
  end_message(&hello);
  set_int(hello.data + 4, 7);
  if (send(c->socket, hello.data, hello.size, MSG_NOSIGNAL) != (ssize_t)hello.size) die("load: hello");
  free(hello.data);
  size_t have = 0;
  while (have < HEADER || have < (size_t)int_at(received)) {
    ssize_t n = recv(c->socket, received + have, 65536 - have, 0);
    if (n <= 0) die("load: no answer to hello");
    have += (size_t)n;
  }
  if (int_at(received + 8) != 7) {
    fprintf(stderr, "load: hello was answered with responseTo %d\n", int_at(received + 8));
    exit(1);
  }
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(poll_set, EPOLL_CTL_ADD, c->socket, &e)) die("epoll_ctl");
  if (fcntl(c->socket, F_SETFL, O_NONBLOCK)) die("fcntl");
}

static int unanswered(void) {
  int count = 0;
  for (int i = 0; i < options.connections; i++)
    count += connections[i].busy && connections[i].socket >= 0;
  return count;
}

static void run_until(int64_t stop, int timer) {
  int64_t now;
  while ((now = now_ns()) < stop && !(stopping && !unanswered())) {
    int wait = (int)((stop - now) / 1000000) + 1;
    if (options.rate > 0 && !stopping) {
      ask_due(now);
      int64_t at = begin_time + (int64_t)((double)next_due * 1e9 / options.rate);
      struct itimerspec t = {.it_value = {.tv_sec = at / 1000000000, .tv_nsec = at % 1000000000}};
      timerfd_settime(timer, TFD_TIMER_ABSTIME, &t, NULL);
    }
    struct epoll_event events[256];
    int n = epoll_wait(poll_set, events, 256, wait);
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      if (!c) {
        uint64_t ticks;
        if (read(timer, &ticks, sizeof ticks) < 0 && errno != EAGAIN) die("timer");
        continue;
      }
      if (c->socket >= 0 && events[i].events & EPOLLOUT) {
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(poll_set, EPOLL_CTL_MOD, c->socket, &e);
        flush(c);
      }
      if (c->socket >= 0 && events[i].events & ~(uint32_t)EPOLLOUT) on_readable(c);
    }
    if (lost == (uint64_t)options.connections) return;
  }
}

static void read_options(int count, char **words) {
  static const struct option known[] = {
      {"port", 1, NULL, 'p'}, {"connections", 1, NULL, 'c'}, {"seconds", 1, NULL, 's'},
      {"warm", 1, NULL, 'w'}, {"workload", 1, NULL, 'l'},    {"rate", 1, NULL, 'r'},
      {"watch", 1, NULL, 'i'}, {NULL, 0, NULL, 0}};
  int o;
  while ((o = getopt_long(count, words, "", known, NULL)) != -1) {
    if (o == 'p') options.port = atoi(optarg);
    else if (o == 'c') options.connections = atoi(optarg);
    else if (o == 's') options.seconds = atof(optarg);
    else if (o == 'w') options.warm = atof(optarg);
    else if (o == 'l') options.workload = optarg;
    else if (o == 'r') options.rate = atof(optarg);
    else if (o == 'i') options.watch = atoi(optarg);
    else exit(2);
  }
  if (!options.port || options.connections < 1 || options.connections > MAX_CONNECTIONS ||
      options.seconds > 3600) {
    fprintf(stderr, "load: --port, and 1 to %d --connections, at most 3600 --seconds\n",
            MAX_CONNECTIONS);
    exit(2);
  }
}

static void connect_all(int timer) {
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
  if (epoll_ctl(poll_set, EPOLL_CTL_ADD, timer, &e)) die("epoll_ctl");
  for (int i = 0; i < options.connections; i++) {
    prepare(&connections[i]);
    connect_one(&connections[i]);
  }
  begin_time = now_ns();
  for (int i = 0; i < options.connections; i++) {
    if (options.rate > 0) idle[idle_count++] = &connections[i];
    else ask(&connections[i], begin_time);
  }
}

int main(int count, char **words) {
  read_options(count, words);
  build_workload(options.workload);
  poll_set = epoll_create1(0);
  connections = calloc((size_t)options.connections, sizeof *connections);
  idle = calloc((size_t)options.connections, sizeof *idle);
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  if (poll_set < 0 || timer < 0 || !connections || !idle) die("load");
  connect_all(timer);
  run_until(begin_time + (int64_t)(options.warm * 1e9), timer);
  int64_t cpu = cpu_ns(options.watch);
  int64_t from = now_ns();
  measuring = 1;
  run_until(from + (int64_t)(options.seconds * 1e9), timer);
  measuring = 0;
  double seconds = (double)(now_ns() - from) / 1e9;
  cpu = cpu_ns(options.watch) - cpu;
  stopping = 1;
  run_until(now_ns() + PATIENCE, timer);
  int silent = unanswered();
  printf("{\"workload\":\"%s\",\"connections\":%d,\"rate\":%.0f,\"seconds\":%.4f,"
         "\"operations\":%llu,\"ops_per_second\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,"
         "\"p999_us\":%.1f,\"cpu_us_per_op\":%.3f,\"lost\":%llu,\"wrong\":%llu,"
         "\"unanswered\":%d,\"unsent\":%lld}\n",
         options.workload, options.connections, options.rate, seconds,
         (unsigned long long)operations, (double)operations / seconds, percentile(0.5),
         percentile(0.99), percentile(0.999),
         operations ? (double)cpu / 1000.0 / (double)operations : 0, (unsigned long long)lost,
         (unsigned long long)wrong, silent, (long long)(next_due - overdue));
  return lost || wrong || silent ? 1 : 0;
}
