#ifndef CLINUX_H
#define CLINUX_H

// The Linux calls that Swift's Glibc module does not offer, or offers in a shape that costs:
// readiness, wake-ups, futexes, memory given back, threads bound to processors. Every function returns a negative errno
// on failure unless it says otherwise.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inferd_checksum.h"
#include "inferd_files.h"
#include "inferd_placement.h"

// Readiness.

enum {
    INFERD_READABLE = 1,
    INFERD_WRITABLE = 2,
    // The peer has closed, or the descriptor failed.
    INFERD_HANGUP = 4,
};

struct inferd_event {
    uint64_t token;
    uint32_t readiness;
};

// Greatest number of events one call to inferd_poller_wait takes from the kernel.
enum { INFERD_EVENTS_PER_WAIT = 128 };

int inferd_poller_create(void);
int inferd_poller_add(int poller, int descriptor, uint32_t interest, uint64_t token);
int inferd_poller_change(int poller, int descriptor, uint32_t interest, uint64_t token);
int inferd_poller_remove(int poller, int descriptor);
// Fills `events` with at most `capacity` and returns how many. `timeout_ms` -1 waits without end. An
// interrupted wait counts as no event.
int inferd_poller_wait(int poller, struct inferd_event *events, int capacity, int timeout_ms);
// The same with a timeout in nanoseconds.
int inferd_poller_wait_ns(int poller, struct inferd_event *events, int capacity, uint64_t timeout_ns);

// Wake-ups a poller can wait for.

int inferd_wake_create(void);
int inferd_wake_signal(int descriptor);
void inferd_wake_clear(int descriptor);

// Futexes, private to the process.

// Sleeps while `*word` is `expected`, `timeout_ns` at most; 0 waits without end. May wake early.
void inferd_futex_wait(const uint32_t *word, uint32_t expected, uint64_t timeout_ns);
void inferd_futex_wake_one(const uint32_t *word);

// Sockets.

// A connection taken from `listener`, non-blocking and closed on exec.
int inferd_accept(int listener);
// Bytes sent, without SIGPIPE and without blocking.
int64_t inferd_send(int descriptor, const void *bytes, size_t count);
// Bytes received without blocking; 0 when the peer has closed.
int64_t inferd_receive(int descriptor, void *bytes, size_t count);
int inferd_set_no_delay(int descriptor);
// Has a silent peer probed after `idle_s` seconds, every `interval_s`, and given up after `probes` without
// an answer.
int inferd_set_keep_alive(int descriptor, int idle_s, int interval_s, int probes);

// Memory.

// Takes blocks of `map_bytes` or more from the system one by one, and returns them to it when they are freed;
// and returns what is free at a heap's end when it is more than `trim_bytes`. Left alone, the C library returns a
// model's intermediate tensors to the system after each run, or, once it has seen larger blocks, keeps whatever a
// burst has taken.
int inferd_keep_memory(int map_bytes, int trim_bytes);

// Processors and threads.

// Writes the numbers of the processors this process may use, rising; returns how many, at most
// `capacity`.
int inferd_usable_processors(int *processors, int capacity);
int inferd_bind_thread(int processor);
// Adds `nice` to the calling thread's own nice value.
int inferd_set_thread_nice(int nice);
void inferd_name_thread(const char *name);
// CPU time of the calling thread.
uint64_t inferd_thread_cpu_ns(void);


// Gives memory that was freed back to the system.
void inferd_trim_memory(void);

#endif
