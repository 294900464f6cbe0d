/* Latencies in buckets of at most 1.6 % width, from 64 ns to hours. */
#ifndef BAILIWICK_BENCH_LATENCY_H
#define BAILIWICK_BENCH_LATENCY_H

#include <stdint.h>

enum { SUB = 64, BUCKETS = SUB * 40 };
static uint64_t buckets[BUCKETS];

static int bucket_of(int64_t ns) {
  uint64_t v = ns < SUB ? SUB : (uint64_t)ns;
  int shift = 63 - __builtin_clzll(v) - 6;
  int b = (shift + 1) * SUB + (int)((v >> shift) - SUB);
  return b < BUCKETS ? b : BUCKETS - 1;
}
static double bucket_us(int b) {
  int shift = b / SUB - 1;
  return (double)((uint64_t)(SUB + b % SUB) << shift) / 1000.0;
}
static double percentile(double p) {
  uint64_t total = 0, seen = 0;
  for (int i = 0; i < BUCKETS; i++) total += buckets[i];
  if (!total) return 0;
  for (int i = 0; i < BUCKETS; i++)
    if ((double)(seen += buckets[i]) >= p * (double)total) return bucket_us(i);
  return bucket_us(BUCKETS - 1);
}

#endif
