// SPDX-License-Identifier: Apache-2.0
// Frames (rfc.zeromq.org/spec/23): flags (1) | size (1, or 8 with flag LONG) | body; flag COMMAND in
// greeting.
#include "tests/bench/zmtp.h"
#include "tests/bench/measure.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { GREETING = 64, FLAG_LONG = 2, FLAG_COMMAND = 4, FRAME_MAX = 4096 };

static void send_all(zmtp_t *zmtp, const void *data, size_t size)
{
    if (send(zmtp->fd, data, size, MSG_NOSIGNAL) != (ssize_t)size) die("the gate does not take a request");
}

static void read_more(zmtp_t *zmtp)
{
    memmove(zmtp->in, zmtp->in + zmtp->taken, zmtp->size - zmtp->taken);
    zmtp->size -= zmtp->taken;
    zmtp->taken = 0;
    ssize_t n = recv(zmtp->fd, zmtp->in + zmtp->size, sizeof zmtp->in - zmtp->size, 0);
    if (n <= 0) die("the gate went away");
    zmtp->size += (size_t)n;
}

static slice_t take(zmtp_t *zmtp, size_t size)
{
    if (size > sizeof zmtp->in) die("a frame that is too large");
    while (zmtp->size - zmtp->taken < size) read_more(zmtp);
    zmtp->taken += size;
    return slice(zmtp->in + zmtp->taken - size, size);
}

static slice_t take_frame(zmtp_t *zmtp, bool command)
{
    uint8_t flags = take(zmtp, 1).data[0];
    bool is_long = (flags & FLAG_LONG) != 0;
    slice_t field = take(zmtp, is_long ? 8 : 1);
    uint64_t size = is_long ? be64_load(field.data) : field.data[0];
    if (((flags & FLAG_COMMAND) != 0) != command || size > sizeof zmtp->in - 16) die("an unexpected frame");
    return take(zmtp, (size_t)size);
}

static void greet(zmtp_t *zmtp)
{
    static const uint8_t ready[] = "\x04\x1c\x05READY\x0bSocket-Type\0\0\0\x06"
                                   "DEALER";
    uint8_t greeting[GREETING] = {0xff, [9] = 0x7f, [10] = 3, [12] = 'N', 'U', 'L', 'L'};
    send_all(zmtp, greeting, sizeof greeting);
    take(zmtp, GREETING);
    send_all(zmtp, ready, sizeof ready - 1);
    take_frame(zmtp, true);
}

zmtp_t *zmtp_open(const char *dir)
{
    zmtp_t *zmtp = xcalloc(1, sizeof *zmtp);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int node = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC); // short, whatever the directory is called
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/run/gate", node);
    zmtp->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (node < 0 || connect(zmtp->fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("%s: %s", dir, strerror(errno));
    close(node);
    greet(zmtp);
    return zmtp;
}

void zmtp_close(zmtp_t **zmtp)
{
    if (*zmtp == NULL) return;
    close((*zmtp)->fd);
    free(*zmtp);
    *zmtp = NULL;
}

void zmtp_send(zmtp_t *zmtp, const envelope_t *envelope, const ProtobufCMessage *body)
{
    uint8_t frame[FRAME_MAX];
    envelope_t sized = *envelope;
    size_t at = 9; // as a long frame: one write for all of it
    if (body != NULL) sized.body = slice(NULL, protobuf_c_message_get_packed_size(body));
    if (at + MSG_HEAD_MAX + sized.body.size > sizeof frame) die("a request that is too large");
    at += msg_head(&sized, frame + at);
    if (body != NULL) at += protobuf_c_message_pack(body, frame + at);
    frame[0] = FLAG_LONG;
    be64_store(frame + 1, at - 9);
    send_all(zmtp, frame, at);
}

envelope_t zmtp_take(zmtp_t *zmtp)
{
    envelope_t e;
    if (msg_unpack(take_frame(zmtp, false), &e) != 0) die("an answer that is no envelope");
    return e;
}
