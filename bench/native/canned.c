/*
 * A MongoDB that knows its answers by heart: the upstream of the benchmark. One thread, epoll, no
 * storage. A find is answered with the same documents each time, its first _id being the stamp
 * (the int64 _id) found in the request; a write with the number of documents it carried; anything
 * else with an empty cursor. Greets as a mongos of wire version 21 without login.
 *
 *   canned        prints "listening on 127.0.0.1:PORT" and runs until SIGTERM
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

struct connection {
  int socket;
  int watching_write;
  struct bytes in, out;
  size_t sent;
};

static struct bytes greeting, nothing, written, reads[2];
static size_t stamps[2];
static int poll_set;

static void build_greeting(void) {
  size_t at = begin(&greeting);
  bson_bool(&greeting, "helloOk", 1);
  bson_bool(&greeting, "ismaster", 1);
  bson_bool(&greeting, "isWritablePrimary", 1);
  bson_text(&greeting, "msg", "isdbgrid");
  bson_int(&greeting, "maxBsonObjectSize", 16777216);
  bson_int(&greeting, "maxMessageSizeBytes", MAX_MESSAGE);
  bson_int(&greeting, "maxWriteBatchSize", 100000);
  key(&greeting, 0x09, "localTime");
  int64_t now = (int64_t)time(NULL) * 1000;
  put(&greeting, &now, 8);
  bson_int(&greeting, "logicalSessionTimeoutMinutes", 30);
  bson_int(&greeting, "connectionId", 1);
  bson_int(&greeting, "minWireVersion", 0);
  bson_int(&greeting, "maxWireVersion", 21);
  bson_bool(&greeting, "readOnly", 0);
  bson_text(&greeting, "version", "7.0.0");
  bson_double(&greeting, "ok", 1);
  end(&greeting, at);
}

static void build_nothing(void) {
  size_t at = begin(&nothing);
  size_t cursor = bson_begin(&nothing, 0x03, "cursor");
  end(&nothing, bson_begin(&nothing, 0x04, "firstBatch"));
  bson_long(&nothing, "id", 0);
  bson_text(&nothing, "ns", "bench.documents");
  end(&nothing, cursor);
  bson_int(&nothing, "n", 0);
  bson_double(&nothing, "ok", 1);
  end(&nothing, at);
}

/* Answers with one document, in the opcode of the request. */
static void answer_document(struct connection *c, const unsigned char *request,
                            const struct bytes *document) {
  int legacy = int_at(request + 12) == OP_QUERY;
  size_t at = c->out.size;
  put_int(&c->out, 0);
  put_int(&c->out, 0);
  put_int(&c->out, int_at(request + 4));
  put_int(&c->out, legacy ? OP_REPLY : OP_MSG);
  if (legacy) {
    const int32_t fields[5] = {8, 0, 0, 0, 1};
    put(&c->out, fields, sizeof fields);
  } else {
    put_int(&c->out, 0);
    put_byte(&c->out, 0);
  }
  put(&c->out, document->data, document->size);
  set_int(c->out.data + at, (int32_t)(c->out.size - at));
}

static void answer_find(struct connection *c, const unsigned char *request, size_t size,
                        const char *collection) {
  static const unsigned char id_key[] = "\x12_id";
  const unsigned char *stamp = memmem(request, size, id_key, sizeof id_key);
  if (!stamp || (size_t)(stamp - request) + sizeof id_key + 8 > size) {
    answer_document(c, request, &nothing);
    return;
  }
  int which = strcmp(collection, READS[1].collection) == 0;
  size_t at = c->out.size;
  put(&c->out, reads[which].data, reads[which].size);
  set_int(c->out.data + at + 8, int_at(request + 4));
  memcpy(c->out.data + at + stamps[which], stamp + sizeof id_key, 8);
}

/* Documents in the sequence sections of a message. */
static int count_documents(const unsigned char *request, size_t size) {
  int count = 0;
  size_t at = HEADER + 4;
  while (at + 5 <= size) {
    unsigned char kind = request[at++];
    int32_t length = int_at(request + at);
    if (length < 5 || at + (size_t)length > size) return count;
    if (kind == 1) {
      size_t stop = at + (size_t)length;
      size_t document = at + 4 + strnlen((const char *)request + at + 4, (size_t)length - 4) + 1;
      while (document + 5 <= stop && int_at(request + document) >= 5) {
        document += (size_t)int_at(request + document);
        count++;
      }
    }
    at += (size_t)length;
  }
  return count;
}

/* The body section of an OP_MSG, wherever it stands. */
static const unsigned char *body_of(const unsigned char *request, size_t size) {
  size_t at = HEADER + 4;
  while (at + 5 <= size && request[at] == 1) at += 1 + (size_t)int_at(request + at + 1);
  return at + 10 <= size && request[at] == 0 ? request + at + 1 : NULL;
}

static void answer(struct connection *c, const unsigned char *request, size_t size) {
  int op = int_at(request + 12);
  const unsigned char *body = op == OP_MSG ? body_of(request, size) : NULL;
  if (op == OP_QUERY) {
    answer_document(c, request, &greeting);
    return;
  }
  if (!body) {
    fprintf(stderr, "canned: a message that is neither OP_MSG nor OP_QUERY: %d\n", op);
    exit(2);
  }
  const char *command = (const char *)body + 5;
  const char *text = command + strlen(command) + 1 + 4;
  if (!strcmp(command, "find")) {
    answer_find(c, request, size, text);
  } else if (!strcmp(command, "insert") || !strcmp(command, "update") ||
             !strcmp(command, "delete")) {
    size_t at = c->out.size;
    put(&c->out, written.data, written.size);
    set_int(c->out.data + at + 8, int_at(request + 4));
    int count = count_documents(request, size);
    set_int(c->out.data + at + WRITE_COUNT_AT, count ? count : 1);
  } else if (!strcasecmp(command, "hello") || !strcasecmp(command, "ismaster")) {
    answer_document(c, request, &greeting);
  } else {
    answer_document(c, request, &nothing);
  }
}

static void close_connection(struct connection *c) {
  close(c->socket);
  free(c->in.data);
  free(c->out.data);
  free(c);
}

static void watch(struct connection *c, int write) {
  if (c->watching_write == write) return;
  c->watching_write = write;
  struct epoll_event e = {.events = EPOLLIN | (write ? (uint32_t)EPOLLOUT : 0), .data.ptr = c};
  if (epoll_ctl(poll_set, EPOLL_CTL_MOD, c->socket, &e)) die("epoll_ctl");
}

/* Returns 0 when the connection is gone. */
static int flush(struct connection *c) {
  while (c->sent < c->out.size) {
    ssize_t n = send(c->socket, c->out.data + c->sent, c->out.size - c->sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) {
      watch(c, 1);
      return 1;
    }
    if (n < 0) return 0;
    c->sent += (size_t)n;
  }
  c->sent = c->out.size = 0;
  watch(c, 0);
  return 1;
}

/* Returns 0 when the connection is gone or sends what is no message. */
static int on_readable(struct connection *c) {
  size_t want = 65536;
  if (c->in.size >= 4) {
    int32_t length = int_at(c->in.data);
    if (length > 0 && (size_t)length > c->in.size + want) want = (size_t)length - c->in.size;
  }
  reserve(&c->in, want);
  ssize_t n = recv(c->socket, c->in.data + c->in.size, c->in.room - c->in.size, 0);
  if (n < 0 && errno == EAGAIN) return 1;
  if (n <= 0) return 0;
  c->in.size += (size_t)n;
  size_t at = 0;
  while (c->in.size - at >= HEADER) {
    int32_t length = int_at(c->in.data + at);
    if (length < HEADER || length > MAX_MESSAGE) return 0;
    if (c->in.size - at < (size_t)length) break;
    answer(c, c->in.data + at, (size_t)length);
    at += (size_t)length;
  }
  memmove(c->in.data, c->in.data + at, c->in.size - at);
  c->in.size -= at;
  return flush(c);
}

static int listen_on_loopback(void) {
  int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (s < 0 || bind(s, (struct sockaddr *)&address, size) || listen(s, 4096) ||
      getsockname(s, (struct sockaddr *)&address, &size))
    die("listen");
  printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return s;
}

static void accept_all(int listener) {
  int s, on = 1;
  while ((s = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *c = calloc(1, sizeof *c);
    if (!c) die("calloc");
    c->socket = s;
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(poll_set, EPOLL_CTL_ADD, s, &e)) die("epoll_ctl");
  }
}

int main(void) {
  build_greeting();
  build_nothing();
  write_reply(&written, 0);
  for (int i = 0; i < 2; i++)
    stamps[i] = find_reply(&reads[i], READS[i].collection, READS[i].documents, READS[i].size);
  poll_set = epoll_create1(0);
  int listener = listen_on_loopback();
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
  if (poll_set < 0 || epoll_ctl(poll_set, EPOLL_CTL_ADD, listener, &e)) die("epoll");
  for (;;) {
    struct epoll_event events[256];
    int n = epoll_wait(poll_set, events, 256, -1);
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      if (!c) {
        accept_all(listener);
        continue;
      }
      int alive = events[i].events & EPOLLOUT ? flush(c) : 1;
      if (alive && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) alive = on_readable(c);
      if (!alive) close_connection(c);
    }
  }
}
