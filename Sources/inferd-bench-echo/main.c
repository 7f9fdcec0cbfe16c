// The least a server of these frames can do, as the yardstick of inferd-bench: one thread, one epoll,
// every frame sent back as it came or answered with one of a given size. No checks beyond what memory
// safety needs, no deadlines, no limits but one.
//
//     inferd-bench-echo unix:PATH|tcp:PORT [REPLY_MESSAGE_BYTES]
//
// Prints `ready PORT` (0 for a Unix socket) and serves until it is killed or its parent ends.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    HEADER_BYTES = 5,
    FRAME_BYTES = 1 << 20,
    EVENTS = 128,
};

struct connection {
    int descriptor;
    uint32_t interest;
    // Bytes received and not yet answered; begins with a frame's header.
    uint8_t *input;
    size_t input_count;
    // Bytes to send, from `output_sent` on.
    uint8_t *output;
    size_t output_count;
    size_t output_sent;
};

// The frame every request is answered with; NULL sends the request's own back.
static uint8_t *fixed_reply;
static size_t fixed_reply_bytes;

static void die(const char *what) {
    fprintf(stderr, "inferd-bench-echo: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *allocate(size_t count) {
    void *memory = malloc(count);
    if (!memory)
        die("memory");
    return memory;
}

static int listen_unix(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        die(path);
    }
    strcpy(address.sun_path, path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
        die(path);
    return listener;
}

static int listen_tcp(const char *port, unsigned *bound) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((uint16_t)atoi(port));
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    socklen_t length = sizeof address;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) < 0)
        die(port);
    *bound = ntohs(address.sin_port);
    return listener;
}

static void prepare_reply(size_t message_bytes) {
    fixed_reply_bytes = HEADER_BYTES + message_bytes;
    fixed_reply = allocate(fixed_reply_bytes);
    memset(fixed_reply, 0, fixed_reply_bytes);
    uint32_t length = htonl((uint32_t)message_bytes);
    memcpy(fixed_reply + 1, &length, sizeof length);
}

static void close_connection(struct connection *connection) {
    close(connection->descriptor);
    free(connection->input);
    free(connection->output);
    free(connection);
}

static void accept_all(int poller, int listener) {
    for (;;) {
        int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0)
            return;
        int on = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); // fails on Unix sockets
        struct connection *connection = allocate(sizeof *connection);
        *connection = (struct connection){.descriptor = descriptor, .interest = EPOLLIN};
        connection->input = allocate(FRAME_BYTES);
        connection->output = allocate(FRAME_BYTES);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) < 0)
            die("epoll_ctl");
    }
}

// Moves whole frames from the input to the output as far as that has room. False: a frame too large.
static bool answer(struct connection *connection) {
    size_t at = 0;
    while (connection->input_count - at >= HEADER_BYTES) {
        uint32_t length;
        memcpy(&length, connection->input + at + 1, sizeof length);
        size_t frame = HEADER_BYTES + (size_t)ntohl(length);
        if (frame > FRAME_BYTES)
            return false;
        if (connection->input_count - at < frame)
            break;
        const uint8_t *reply = fixed_reply ? fixed_reply : connection->input + at;
        size_t reply_bytes = fixed_reply ? fixed_reply_bytes : frame;
        if (connection->output_count + reply_bytes > FRAME_BYTES)
            break;
        memcpy(connection->output + connection->output_count, reply, reply_bytes);
        connection->output_count += reply_bytes;
        at += frame;
    }
    connection->input_count -= at;
    memmove(connection->input, connection->input + at, connection->input_count);
    return true;
}

// Sends what the kernel takes. False: the connection failed.
static bool flush(struct connection *connection) {
    while (connection->output_sent < connection->output_count) {
        ssize_t sent = send(connection->descriptor, connection->output + connection->output_sent,
                            connection->output_count - connection->output_sent, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN || errno == EINTR;
        connection->output_sent += (size_t)sent;
    }
    connection->output_count = connection->output_sent = 0;
    return true;
}

// False: the connection is at its end.
static bool serve(struct connection *connection) {
    if (connection->input_count < FRAME_BYTES) {
        ssize_t received = recv(connection->descriptor, connection->input + connection->input_count,
                                FRAME_BYTES - connection->input_count, 0);
        if (received == 0 || (received < 0 && errno != EAGAIN && errno != EINTR))
            return false;
        if (received > 0)
            connection->input_count += (size_t)received;
    }
    return answer(connection) && flush(connection);
}

static void update_interest(int poller, struct connection *connection) {
    uint32_t wanted = connection->output_count > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN;
    if (wanted == connection->interest)
        return;
    struct epoll_event event = {.events = wanted, .data.ptr = connection};
    if (epoll_ctl(poller, EPOLL_CTL_MOD, connection->descriptor, &event) < 0)
        die("epoll_ctl");
    connection->interest = wanted;
}

static void run(int listener) {
    int poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) < 0)
        die("epoll");
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!connection)
                accept_all(poller, listener);
            else if (serve(connection))
                update_interest(poller, connection);
            else
                close_connection(connection);
        }
    }
}

int main(int argc, char **argv) {
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: inferd-bench-echo unix:PATH|tcp:PORT [REPLY_MESSAGE_BYTES]\n");
        return 64;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    unsigned port = 0;
    int listener;
    if (strncmp(argv[1], "unix:", 5) == 0)
        listener = listen_unix(argv[1] + 5);
    else if (strncmp(argv[1], "tcp:", 4) == 0)
        listener = listen_tcp(argv[1] + 4, &port);
    else {
        fprintf(stderr, "inferd-bench-echo: '%s' is no address\n", argv[1]);
        return 64;
    }
    if (listen(listener, 1024) < 0)
        die("listen");
    if (argc == 3) {
        long bytes = atol(argv[2]);
        if (bytes < 0 || bytes > FRAME_BYTES - HEADER_BYTES) {
            fprintf(stderr, "inferd-bench-echo: '%s' is no reply size\n", argv[2]);
            return 64;
        }
        prepare_reply((size_t)bytes);
    }
    printf("ready %u\n", port);
    fflush(stdout);
    run(listener);
}
