#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

int inferd_accept(int listener) {
    int descriptor;
    do {
        descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor < 0 ? -errno : descriptor;
}

int64_t inferd_send(int descriptor, const void *bytes, size_t count) {
    ssize_t sent;
    do {
        sent = send(descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

int64_t inferd_receive(int descriptor, void *bytes, size_t count) {
    ssize_t received;
    do {
        received = recv(descriptor, bytes, count, MSG_DONTWAIT);
    } while (received < 0 && errno == EINTR);
    return received < 0 ? -errno : received;
}

int inferd_set_no_delay(int descriptor) {
    int on = 1;
    return setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0 ? -errno : 0;
}

static int set(int descriptor, int level, int name, int value) {
    return setsockopt(descriptor, level, name, &value, sizeof value) < 0 ? -errno : 0;
}

int inferd_set_keep_alive(int descriptor, int idle_s, int interval_s, int probes) {
    int failure = set(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, idle_s);
    if (failure == 0) {
        failure = set(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, interval_s);
    }
    if (failure == 0) {
        failure = set(descriptor, IPPROTO_TCP, TCP_KEEPCNT, probes);
    }
    return failure == 0 ? set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1) : failure;
}
