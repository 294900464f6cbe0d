/* The request that is sent over and over, and the reply that must come back. */
#ifndef BAILIWICK_BENCH_WORKLOAD_H
#define BAILIWICK_BENCH_WORKLOAD_H

#include "wire.h"

static struct bytes request, reply;
static size_t request_stamp, reply_stamp; /* 0: that side carries none */

static void session(struct bytes *b) {
  size_t at = bson_begin(b, 0x03, "lsid");
  key(b, 0x05, "id");
  put_int(b, 16);
  put_byte(b, 4);
  put(b, "0123456789abcdef", 16);
  end(b, at);
}

static void build_find(int which) {
  size_t body = begin_message(&request);
  bson_text(&request, "find", READS[which].collection);
  size_t filter = bson_begin(&request, 0x03, "filter");
  bson_long(&request, "_id", 0);
  request_stamp = request.size - 8;
  end(&request, filter);
  bson_int(&request, "limit", READS[which].documents);
  bson_bool(&request, "singleBatch", 1);
  session(&request);
  bson_text(&request, "$db", "bench");
  end(&request, body);
  end_message(&request);
  reply_stamp = find_reply(&reply, READS[which].collection, READS[which].documents,
                           READS[which].size);
}

static void build_insert(int documents) {
  size_t body = begin_message(&request);
  bson_text(&request, "insert", "documents");
  bson_bool(&request, "ordered", 1);
  session(&request);
  bson_text(&request, "$db", "bench");
  end(&request, body);
  put_byte(&request, 1);
  size_t section = request.size;
  put_int(&request, 0);
  put(&request, "documents", sizeof "documents");
  for (int i = 0; i < documents; i++) {
    size_t id_at = bson_document(&request, NULL, 1024, i, 0);
    if (i == 0) request_stamp = id_at;
  }
  set_int(request.data + section, (int32_t)(request.size - section));
  end_message(&request);
  write_reply(&reply, documents);
}

static void build_workload(const char *w) {
  if (!strcmp(w, "find")) build_find(0);
  else if (!strcmp(w, "batch")) build_find(1);
  else if (!strcmp(w, "insert")) build_insert(1);
  else if (!strcmp(w, "insertMany")) build_insert(100);
  else {
    fprintf(stderr, "--workload: %s (expected: find, batch, insert or insertMany)\n", w);
    exit(2);
  }
}

#endif
