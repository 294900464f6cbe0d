/*
 * The few wire-protocol and BSON bytes that the canned upstream and the load generator share.
 * Little-endian machines only. Both sides build the same reply, so the generator can compare every
 * byte that comes back.
 */
#ifndef BAILIWICK_BENCH_WIRE_H
#define BAILIWICK_BENCH_WIRE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 16, OP_REPLY = 1, OP_QUERY = 2004, OP_MSG = 2013, MAX_MESSAGE = 48000000 };

/* The one tenant of the benchmark: its organization_id. */
static const unsigned char TENANT[12] = {0x66, 0x5f, 0x1c, 0x2a, 0xb8, 0xe4,
                                         0xd3, 0xa1, 0xf0, 0xc9, 0xe0, 0x01};

/* A growing buffer that BSON is written into. */
struct bytes {
  unsigned char *data;
  size_t size, room;
};

static inline void die(const char *what) {
  perror(what);
  exit(2);
}

static inline void reserve(struct bytes *b, size_t more) {
  if (b->size + more <= b->room) return;
  while (b->size + more > b->room) b->room = b->room ? b->room * 2 : 256;
  b->data = realloc(b->data, b->room);
  if (!b->data) die("realloc");
}

static inline void put(struct bytes *b, const void *from, size_t n) {
  reserve(b, n);
  memcpy(b->data + b->size, from, n);
  b->size += n;
}

static inline void put_byte(struct bytes *b, unsigned char v) { put(b, &v, 1); }
static inline void put_int(struct bytes *b, int32_t v) { put(b, &v, 4); }
static inline int32_t int_at(const unsigned char *p) {
  int32_t v;
  memcpy(&v, p, 4);
  return v;
}
static inline void set_int(unsigned char *p, int32_t v) { memcpy(p, &v, 4); }

/* Starts a document or array; returns where its length stands. */
static inline size_t begin(struct bytes *b) {
  put_int(b, 0);
  return b->size - 4;
}
static inline void end(struct bytes *b, size_t at) {
  put_byte(b, 0);
  set_int(b->data + at, (int32_t)(b->size - at));
}

static inline void key(struct bytes *b, unsigned char type, const char *name) {
  put_byte(b, type);
  put(b, name, strlen(name) + 1);
}
static inline void bson_double(struct bytes *b, const char *name, double v) {
  key(b, 0x01, name);
  put(b, &v, 8);
}
static inline void bson_string(struct bytes *b, const char *name, const char *v, size_t n) {
  key(b, 0x02, name);
  put_int(b, (int32_t)n + 1);
  put(b, v, n);
  put_byte(b, 0);
}
static inline void bson_text(struct bytes *b, const char *name, const char *v) {
  bson_string(b, name, v, strlen(v));
}
static inline void bson_bool(struct bytes *b, const char *name, int v) {
  key(b, 0x08, name);
  put_byte(b, (unsigned char)v);
}
static inline void bson_int(struct bytes *b, const char *name, int32_t v) {
  key(b, 0x10, name);
  put_int(b, v);
}
static inline void bson_long(struct bytes *b, const char *name, int64_t v) {
  key(b, 0x12, name);
  put(b, &v, 8);
}
static inline size_t bson_begin(struct bytes *b, unsigned char type, const char *name) {
  key(b, type, name);
  return begin(b);
}

/* One stored document of exactly `total` bytes; returns where the eight bytes of its _id stand. */
static inline size_t bson_document(struct bytes *b, const char *name, size_t total, int64_t id,
                                   int with_tenant) {
  if (name) key(b, 0x03, name);
  size_t at = begin(b);
  bson_long(b, "_id", id);
  size_t id_at = b->size - 8;
  if (with_tenant) {
    key(b, 0x07, "organization_id");
    put(b, TENANT, sizeof TENANT);
  }
  bson_text(b, "status", "active");
  for (int i = 0; i < 20; i++) {
    char field[16];
    snprintf(field, sizeof field, "field%02d", i);
    bson_int(b, field, i * 1000);
  }
  size_t used = b->size - at + 1 + (1 + sizeof "text" + 4 + 1);
  if (used > total) {
    fprintf(stderr, "a document of %zu bytes is too small\n", total);
    exit(2);
  }
  char *filler = malloc(total - used + 1);
  if (!filler) die("malloc");
  memset(filler, 'x', total - used);
  bson_string(b, "text", filler, total - used);
  free(filler);
  end(b, at);
  return id_at;
}

/* Starts an OP_MSG with its body section; returns where the body starts. */
static inline size_t begin_message(struct bytes *b) {
  put_int(b, 0);
  put_int(b, 0);
  put_int(b, 0);
  put_int(b, OP_MSG);
  put_int(b, 0);
  put_byte(b, 0);
  return begin(b);
}
static inline void end_message(struct bytes *b) { set_int(b->data, (int32_t)b->size); }

/* What a find is answered with; returns where the stamp (the first document's _id) stands. */
static inline size_t find_reply(struct bytes *b, const char *collection, int documents,
                                size_t document_size) {
  char ns[64];
  size_t stamp = 0;
  size_t body = begin_message(b);
  size_t cursor = bson_begin(b, 0x03, "cursor");
  size_t batch = bson_begin(b, 0x04, "firstBatch");
  for (int i = 0; i < documents; i++) {
    char index[12];
    snprintf(index, sizeof index, "%d", i);
    size_t id_at = bson_document(b, index, document_size, i, 1);
    if (i == 0) stamp = id_at;
  }
  end(b, batch);
  bson_long(b, "id", 0);
  snprintf(ns, sizeof ns, "bench.%s", collection);
  bson_text(b, "ns", ns);
  end(b, cursor);
  bson_double(b, "ok", 1);
  end(b, body);
  end_message(b);
  return stamp;
}

/* Where write_reply puts n: behind header, flags, section kind, body length, type and name. */
enum { WRITE_COUNT_AT = HEADER + 4 + 1 + 4 + 1 + 2 };

/* What a write of n documents is answered with. */
static inline void write_reply(struct bytes *b, int n) {
  size_t body = begin_message(b);
  bson_int(b, "n", n);
  bson_double(b, "ok", 1);
  end(b, body);
  end_message(b);
}

/* What is read and written, by collection: both programs must agree. */
static const struct {
  const char *collection;
  int documents;
  size_t size;
} READS[] = {{"documents", 1, 1024}, {"batches", 100, 10240}};

#endif
