#define _GNU_SOURCE
#include "CTestSupport.h"

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

pid_t test_fork(void) {
    return fork();
}

bool test_forbid_system_calls(void) {
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0;
}

void test_end_thread(int status) {
    syscall(SYS_exit, status);
}
