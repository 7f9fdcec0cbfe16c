#define _GNU_SOURCE
#include <malloc.h>
#include "CLinux.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void inferd_futex_wait(const uint32_t *word, uint32_t expected, uint64_t timeout_ns) {
    struct timespec timeout = {
        .tv_sec = (time_t)(timeout_ns / 1000000000u), .tv_nsec = (long)(timeout_ns % 1000000000u)};
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, timeout_ns == 0 ? NULL : &timeout, NULL, 0);
}

void inferd_futex_wake_one(const uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

int inferd_usable_processors(int *processors, int capacity) {
    // The kernel may know more processors than the fixed-size set holds: grow until it fits.
    for (int known = 1024; known <= 1 << 20; known *= 4) {
        cpu_set_t *set = CPU_ALLOC(known);
        if (set == NULL) {
            return -ENOMEM;
        }
        size_t size = CPU_ALLOC_SIZE(known);
        if (sched_getaffinity(0, size, set) == 0) {
            int count = 0;
            for (int i = 0; i < known && count < capacity; i++) {
                if (CPU_ISSET_S(i, size, set)) {
                    processors[count++] = i;
                }
            }
            CPU_FREE(set);
            return count;
        }
        int error = errno;
        CPU_FREE(set);
        if (error != EINVAL) {
            return -error;
        }
    }
    return -EINVAL;
}

int inferd_bind_thread(int processor) {
    cpu_set_t *set = CPU_ALLOC(processor + 1);
    if (set == NULL) {
        return -ENOMEM;
    }
    size_t size = CPU_ALLOC_SIZE(processor + 1);
    CPU_ZERO_S(size, set);
    CPU_SET_S(processor, size, set);
    int result = sched_setaffinity(0, size, set) < 0 ? -errno : 0;
    CPU_FREE(set);
    return result;
}

int inferd_set_thread_nice(int nice) {
    // On Linux a thread has a nice value of its own, addressed by its id.
    id_t thread = (id_t)syscall(SYS_gettid);
    errno = 0;
    int present = getpriority(PRIO_PROCESS, thread);
    if (errno != 0) {
        return -errno;
    }
    return setpriority(PRIO_PROCESS, thread, present + nice) < 0 ? -errno : 0;
}

void inferd_name_thread(const char *name) {
    pthread_setname_np(pthread_self(), name);
}

uint64_t inferd_thread_cpu_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void inferd_trim_memory(void) {
    malloc_trim(0);
}
