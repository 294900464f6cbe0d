/*
 * Copies bytes between a client and an upstream and looks at none of them: the floor below which
 * no proxy gets on this machine. One thread, epoll.
 *
 *   forward UPSTREAM_PORT     prints "listening on 127.0.0.1:PORT" and runs until SIGTERM
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROOM = 65536 };

/* One direction's end: what was read from `socket` waits here until `peer` takes it. */
struct side {
  int socket;
  unsigned events;
  struct side *peer;
  size_t from, to;
  struct side *next_dead;
  int dead;
  unsigned char data[ROOM];
};

static int poll_set, upstream_port;
static struct side *dead_sides;

static void die(const char *what) {
  perror(what);
  exit(2);
}

static int tcp(int port, int listening) {
  int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (s < 0) die("socket");
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (!listening) {
    if (connect(s, (struct sockaddr *)&address, size)) die("forward: connect");
    return s;
  }
  if (bind(s, (struct sockaddr *)&address, size) || listen(s, 4096) ||
      getsockname(s, (struct sockaddr *)&address, &size))
    die("listen");
  printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return s;
}

static void want(struct side *s, unsigned events) {
  if (s->dead || s->events == events) return;
  s->events = events;
  struct epoll_event e = {.events = events, .data.ptr = s};
  if (epoll_ctl(poll_set, EPOLL_CTL_MOD, s->socket, &e)) die("epoll_ctl");
}

static struct side *adopt(int socket) {
  struct side *s = calloc(1, sizeof *s);
  if (!s) die("calloc");
  s->socket = socket;
  s->events = EPOLLIN;
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = s};
  if (epoll_ctl(poll_set, EPOLL_CTL_ADD, socket, &e)) die("epoll_ctl");
  return s;
}

/* Closed at once, freed after the round: later events of the round may still name it. */
static void bury(struct side *s) {
  if (s->dead) return;
  s->dead = 1;
  close(s->socket);
  s->next_dead = dead_sides;
  dead_sides = s;
}

/* Gives the peer what waits for it; reading pauses while something waits. */
static int push(struct side *s) {
  while (s->from < s->to) {
    ssize_t n = send(s->peer->socket, s->data + s->from, s->to - s->from,
                     MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) {
      want(s, s->events & ~(unsigned)EPOLLIN);
      want(s->peer, s->peer->events | EPOLLOUT);
      return 1;
    }
    if (n < 0) return 0;
    s->from += (size_t)n;
  }
  s->from = s->to = 0;
  want(s, s->events | EPOLLIN);
  want(s->peer, s->peer->events & ~(unsigned)EPOLLOUT);
  return 1;
}

static int on_event(struct side *s, unsigned events) {
  if (events & EPOLLOUT && !push(s->peer)) return 0;
  if (!(events & ~(unsigned)EPOLLOUT) || s->from < s->to) return 1;
  ssize_t n = recv(s->socket, s->data, ROOM, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return 1;
  if (n <= 0) return 0;
  s->to = (size_t)n;
  return push(s);
}

int main(int count, char **words) {
  if (count != 2) return 2;
  upstream_port = atoi(words[1]);
  poll_set = epoll_create1(0);
  int listener = tcp(0, 1), on = 1;
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
  if (poll_set < 0 || epoll_ctl(poll_set, EPOLL_CTL_ADD, listener, &e)) die("epoll");
  for (;;) {
    struct epoll_event events[256];
    int n = epoll_wait(poll_set, events, 256, -1);
    for (int i = 0; i < n; i++) {
      struct side *s = events[i].data.ptr;
      if (!s) {
        int socket = accept(listener, NULL, NULL);
        if (socket < 0) die("accept");
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct side *client = adopt(socket), *server = adopt(tcp(upstream_port, 0));
        client->peer = server;
        server->peer = client;
      } else if (!s->dead && !on_event(s, events[i].events)) {
        bury(s->peer);
        bury(s);
      }
    }
    while (dead_sides) {
      struct side *s = dead_sides;
      dead_sides = s->next_dead;
      free(s);
    }
  }
}
