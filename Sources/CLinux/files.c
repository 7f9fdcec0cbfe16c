#define _GNU_SOURCE
#include "CLinux.h"
#include "inferd_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int inferd_open_beneath(int directory, const char *path, int flags, bool follow_links) {
    struct open_how how = {
        .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
        .mode = 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (follow_links ? 0 : RESOLVE_NO_SYMLINKS),
    };
    // EAGAIN: something on the path was renamed during the walk, and the kernel could not be sure
    // that it stayed beneath. The bound keeps a busy directory from holding the thread.
    for (int attempt = 0;; attempt++) {
        long result = syscall(SYS_openat2, directory, path, &how, sizeof how);
        if (result >= 0) {
            return (int)result;
        }
        if (!(errno == EINTR || (errno == EAGAIN && attempt < 32))) {
            return -errno;
        }
    }
}

int inferd_open_step(int directory, const char *name) {
    int opened = openat(directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return opened >= 0 ? opened : -errno;
}

const char *inferd_error_text(int code) {
    return strerrordesc_np(code);
}
