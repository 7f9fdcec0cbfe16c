#ifndef INFERD_FILES_H
#define INFERD_FILES_H

// Opening files beneath a directory, by the kernel's own path resolution (openat2, Linux 5.6).

#include <stdbool.h>

// Opens `path` beneath `directory` and never leaves it: not by "..", not by an absolute path, not by
// a link out of it, not by the magic links of /proc. Without `follow_links` any symbolic link on the
// way is refused with ELOOP. `flags` are those of open(2); O_CLOEXEC is added. Returns a descriptor
// that the caller closes, or a negative errno: -EXDEV for a way out, -ENOSYS or -EPERM where the
// kernel, or a filter before it, does not offer the call.
int inferd_open_beneath(int directory, const char *path, int flags, bool follow_links);

// Opens the directory `name` of `directory` as a place to go on from, without following it should it
// be a link, and without the right to list it. Returns a descriptor or a negative errno.
int inferd_open_step(int directory, const char *name);

// What an errno means, in words that depend on no locale; NULL for a number that means nothing. The
// text lives as long as the process.
const char *inferd_error_text(int code);

#endif
