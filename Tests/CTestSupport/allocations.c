#include "CTestSupport.h"

#include <errno.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

static _Thread_local uint64_t allocations;

uint64_t test_allocations(void) {
    return allocations;
}

#ifdef HAS_SANITIZER

bool test_counts_allocations(void) {
    return false;
}

#else

bool test_counts_allocations(void) {
    return true;
}

// The C library's allocator under the names by which it can be reached when its usual ones are taken. What
// these give is freed by the library's own free. What the library allocates for its callers itself, as strdup
// does, is not counted.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    allocations++;
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    allocations++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    allocations++;
    void *block = __libc_memalign(alignment, size);
    if (block == NULL) {
        return ENOMEM;
    }
    *memory = block;
    return 0;
}

#endif
