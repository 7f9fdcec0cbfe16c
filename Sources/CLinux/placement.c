#define _GNU_SOURCE
#include "inferd_placement.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

int inferd_get_placement(int thread, uint64_t *mask) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(thread, sizeof set, &set) < 0)
        return -errno;
    memset(mask, 0, INFERD_PROCESSOR_MASK_WORDS * sizeof *mask);
    for (int processor = 0; processor < INFERD_PROCESSOR_MASK_WORDS * 64 && processor < CPU_SETSIZE; processor++)
        if (CPU_ISSET(processor, &set))
            mask[processor / 64] |= UINT64_C(1) << (processor % 64);
    return 0;
}

int inferd_set_placement(int thread, const uint64_t *mask) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int processor = 0; processor < INFERD_PROCESSOR_MASK_WORDS * 64 && processor < CPU_SETSIZE; processor++)
        if (mask[processor / 64] >> (processor % 64) & 1)
            CPU_SET(processor, &set);
    return sched_setaffinity(thread, sizeof set, &set) < 0 ? -errno : 0;
}
