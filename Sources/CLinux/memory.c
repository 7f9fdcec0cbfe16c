#include "CLinux.h"

#include <errno.h>
#include <malloc.h>

int inferd_keep_memory(int map_bytes, int trim_bytes) {
    return mallopt(M_MMAP_THRESHOLD, map_bytes) == 1 && mallopt(M_TRIM_THRESHOLD, trim_bytes) == 1 ? 0 : -EINVAL;
}
