// Counts a process's allocations for a test that watches it from outside. Preloaded (LD_PRELOAD), it adds
// every block that the process is given to a 64-bit number at the start of the file that
// INFERD_ALLOCATION_COUNT names, which the test maps, too.

#ifndef INFERD_ALLOCATION_COUNTER_H
#define INFERD_ALLOCATION_COUNTER_H

#endif
