#include "CLinux.h"

#include <errno.h>
#include <malloc.h>

int inferd_map_blocks(int bytes) {
    return mallopt(M_MMAP_THRESHOLD, bytes) == 1 ? 0 : -EINVAL;
}
