#ifndef CTESTSUPPORT_H
#define CTESTSUPPORT_H

// What tests need of C: counts of allocations, stacks to run on in turns, child processes.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Allocations.

// How often the calling thread has asked for memory. The count stands still in builds for a sanitizer, which
// brings an allocator of its own: see test_counts_allocations.
uint64_t test_allocations(void);
bool test_counts_allocations(void);

// Fibers: bodies that take turns on one thread, each on a stack of its own.

struct test_fiber;

// A fiber that can be started again and again. `stack_bytes` are mapped, with a page that may not be touched
// below them.
struct test_fiber *test_fiber_create(size_t stack_bytes);
// The fiber must not be in the middle of a body.
void test_fiber_destroy(struct test_fiber *fiber);
// Sets the body that the next resume begins with.
void test_fiber_start(struct test_fiber *fiber, void (*body)(void *context), void *context);
// Runs the fiber until it suspends itself, or its body ends. Returns false at the end.
bool test_fiber_resume(struct test_fiber *fiber);
// Called by a fiber's body: returns to whoever has resumed it.
void test_fiber_suspend(struct test_fiber *fiber);

// Processes.

// fork(2), for children that call nothing but what is safe after it.
pid_t test_fork(void);
// Has the kernel kill the calling thread at its next system call, but for read, write, its end and the return from
// a signal (seccomp's strict mode). False where the kernel has no such thing.
bool test_forbid_system_calls(void);
// Ends the calling thread, and the process if it is its only one, as the strict mode allows.
void test_end_thread(int status);

#endif
