#ifndef INFERD_PLACEMENT_H
#define INFERD_PLACEMENT_H

// The processors that any thread of the user's may run on, as the benchmarks set them. Bit n of the mask
// is processor n. Both return 0 or a negative errno; `thread` 0 is the calling one.

#include <stdint.h>

enum { INFERD_PROCESSOR_MASK_WORDS = 16 };

int inferd_get_placement(int thread, uint64_t *mask);
int inferd_set_placement(int thread, const uint64_t *mask);

#endif
