#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

int inferd_poller_create(void) {
    int descriptor = epoll_create1(EPOLL_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

static int control(int poller, int operation, int descriptor, uint32_t interest, uint64_t token) {
    struct epoll_event event = {.events = 0, .data = {.u64 = token}};
    if (interest & INFERD_READABLE) {
        // A half-closed peer matters only to who still reads from it.
        event.events |= EPOLLIN | EPOLLRDHUP;
    }
    if (interest & INFERD_WRITABLE) {
        event.events |= EPOLLOUT;
    }
    return epoll_ctl(poller, operation, descriptor, &event) < 0 ? -errno : 0;
}

int inferd_poller_add(int poller, int descriptor, uint32_t interest, uint64_t token) {
    return control(poller, EPOLL_CTL_ADD, descriptor, interest, token);
}

int inferd_poller_change(int poller, int descriptor, uint32_t interest, uint64_t token) {
    return control(poller, EPOLL_CTL_MOD, descriptor, interest, token);
}

int inferd_poller_remove(int poller, int descriptor) {
    return control(poller, EPOLL_CTL_DEL, descriptor, 0, 0);
}

// What a wait that returned `count` found.
static int take(const struct epoll_event *ready, int count, struct inferd_event *events) {
    if (count < 0) {
        return errno == EINTR ? 0 : -errno;
    }
    for (int i = 0; i < count; i++) {
        uint32_t readiness = 0;
        if (ready[i].events & (EPOLLIN | EPOLLRDHUP)) {
            readiness |= INFERD_READABLE;
        }
        if (ready[i].events & EPOLLOUT) {
            readiness |= INFERD_WRITABLE;
        }
        if (ready[i].events & (EPOLLERR | EPOLLHUP)) {
            readiness |= INFERD_HANGUP;
        }
        events[i] = (struct inferd_event){.token = ready[i].data.u64, .readiness = readiness};
    }
    return count;
}

static int at_most(int capacity) {
    return capacity > INFERD_EVENTS_PER_WAIT ? INFERD_EVENTS_PER_WAIT : capacity;
}

int inferd_poller_wait(int poller, struct inferd_event *events, int capacity, int timeout_ms) {
    struct epoll_event ready[INFERD_EVENTS_PER_WAIT];
    return take(ready, epoll_wait(poller, ready, at_most(capacity), timeout_ms), events);
}

int inferd_poller_wait_ns(int poller, struct inferd_event *events, int capacity, uint64_t timeout_ns) {
    struct epoll_event ready[INFERD_EVENTS_PER_WAIT];
    struct timespec timeout = {
        .tv_sec = (time_t)(timeout_ns / 1000000000), .tv_nsec = (long)(timeout_ns % 1000000000)};
    return take(ready, epoll_pwait2(poller, ready, at_most(capacity), &timeout, NULL), events);
}

int inferd_wake_create(void) {
    int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

int inferd_wake_signal(int descriptor) {
    uint64_t one = 1;
    return write(descriptor, &one, sizeof one) < 0 && errno != EAGAIN ? -errno : 0;
}

void inferd_wake_clear(int descriptor) {
    uint64_t count;
    // Nothing to read is the only failure there is, and it means the same: no wake-up is pending.
    ssize_t taken = read(descriptor, &count, sizeof count);
    (void)taken;
}
