#include "CTestSupport.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TELLS_THREAD_SANITIZER 1
void *__tsan_get_current_fiber(void);
void *__tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void *fiber);
void __tsan_switch_to_fiber(void *fiber, unsigned flags);
#endif
#endif

struct test_fiber {
    ucontext_t own;
    ucontext_t resumer;
    char *stack;
    size_t stack_bytes;
    void (*body)(void *context);
    void *context;
    bool is_running;
    // The sanitizer's view of the fiber, and of whoever resumes it.
    void *sanitized;
    void *sanitized_resumer;
};

static size_t guard_bytes(void) {
    return (size_t)sysconf(_SC_PAGESIZE);
}

struct test_fiber *test_fiber_create(size_t stack_bytes) {
    struct test_fiber *fiber = calloc(1, sizeof(*fiber));
    if (fiber == NULL) {
        abort();
    }
    fiber->stack_bytes = stack_bytes;
    void *memory = mmap(NULL, guard_bytes() + stack_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory, guard_bytes(), PROT_NONE) != 0) {
        abort();
    }
    fiber->stack = memory;
#ifdef TELLS_THREAD_SANITIZER
    fiber->sanitized = __tsan_create_fiber(0);
#endif
    return fiber;
}

void test_fiber_destroy(struct test_fiber *fiber) {
#ifdef TELLS_THREAD_SANITIZER
    __tsan_destroy_fiber(fiber->sanitized);
#endif
    munmap(fiber->stack, guard_bytes() + fiber->stack_bytes);
    free(fiber);
}

// makecontext passes ints only: the fiber comes in two halves.
static void enter(unsigned high, unsigned low) {
    struct test_fiber *fiber = (struct test_fiber *)((uintptr_t)high << 32 | low);
    fiber->body(fiber->context);
    fiber->is_running = false;
    test_fiber_suspend(fiber);
    // Nobody resumes an ended body.
    abort();
}

void test_fiber_start(struct test_fiber *fiber, void (*body)(void *context), void *context) {
    fiber->body = body;
    fiber->context = context;
    fiber->is_running = true;
    getcontext(&fiber->own);
    fiber->own.uc_stack.ss_sp = fiber->stack + guard_bytes();
    fiber->own.uc_stack.ss_size = fiber->stack_bytes;
    fiber->own.uc_link = NULL;
    uintptr_t address = (uintptr_t)fiber;
    makecontext(&fiber->own, (void (*)(void))enter, 2, (unsigned)(address >> 32), (unsigned)address);
}

bool test_fiber_resume(struct test_fiber *fiber) {
    if (!fiber->is_running) {
        return false;
    }
#ifdef TELLS_THREAD_SANITIZER
    fiber->sanitized_resumer = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(fiber->sanitized, 0);
#endif
    swapcontext(&fiber->resumer, &fiber->own);
    return fiber->is_running;
}

void test_fiber_suspend(struct test_fiber *fiber) {
#ifdef TELLS_THREAD_SANITIZER
    __tsan_switch_to_fiber(fiber->sanitized_resumer, 0);
#endif
    swapcontext(&fiber->own, &fiber->resumer);
}
