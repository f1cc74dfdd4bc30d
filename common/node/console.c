// SPDX-License-Identifier: Apache-2.0
#include "common/node/console.h"
#include "common/base/i18n.h"
#include "common/base/text.h"
#include "proto/message.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const setting_t ROWS[] = {
    {"listen", SETTING_TEXT, offsetof(console_settings_t, listen), 0, NODE_ENDPOINT_MAX, CONSOLE_LISTEN, "",
     N_("Address and port of this computer on which people reach the console with a browser; port 0: any "
        "free one, "
        "which `node status` names; empty: no console. Where the standard port is in use, any free one is "
        "taken.")},
    {"idle_s", SETTING_INT, offsetof(console_settings_t, idle_s), 1, 3600, "15", "s",
     N_("A browser's connection on which nothing comes for this time is ended")},
    {"request_s", SETTING_INT, offsetof(console_settings_t, request_s), 1, 3600, "30", "s",
     N_("The same where a request and its answer take longer than this")},
    {"names", SETTING_TEXT, offsetof(console_settings_t, names), 0, CONSOLE_NAMES_TEXT, "", "",
     N_("Names and addresses by which other computers open the console, with blanks between them; the first "
        "is shown. Where there are any, it is served under TLS alone, with a certificate for them from the "
        "node's own authority, and may listen on an address that others reach; `node tls` prints what is to "
        "be done at their computers. Empty: this computer alone, without TLS.")},
};

const settings_table_t CONSOLE_SETTINGS = {"console", ROWS, ARRAY_SIZE(ROWS)};

static bool is_name(slice_t piece, char name[static CONSOLE_NAME_MAX + 1])
{
    uint8_t address[16];
    if (piece.size > CONSOLE_NAME_MAX) return false;
    for (size_t i = 0; i < piece.size; i++) name[i] = (char)tolower(piece.data[i]);
    name[piece.size] = '\0';
    if (inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1) return true;
    bool letters = false;
    for (const char *at = name; *at != '\0'; at++) {
        bool letter = *at >= 'a' && *at <= 'z', digit = *at >= '0' && *at <= '9';
        bool inside = at > name && at[1] != '\0' && at[-1] != '.' && at[-1] != '-';
        if (!letter && !digit && !(*at == '-' && at > name && at[1] != '\0') && !(*at == '.' && inside))
            return false;
        letters |= letter;
    }
    return letters; // what has none is meant as an address
}

int console_names(const char *text, console_names_t *ret_names, why_t *why)
{
    bool done = false;
    slice_t rest = slice_text(text), piece;
    *ret_names = (console_names_t){0};
    while (text_next_piece(&rest, ' ', &done, &piece)) {
        if (piece.size == 0) continue;
        if (ret_names->n == CONSOLE_NAMES || !is_name(piece, ret_names->names[ret_names->n])) {
            why_set(why,
                    _("`names` of section console: '%.*s' is no name or address of a computer, or there are "
                      "more than %d"),
                    (int)(piece.size < CONSOLE_NAME_MAX ? piece.size : CONSOLE_NAME_MAX),
                    (const char *)piece.data, CONSOLE_NAMES);
            return -1;
        }
        ret_names->n++;
    }
    return 0;
}

bool node_runs(const node_conf_t *conf, uint32_t program)
{
    console_settings_t settings;
    why_t why;
    if (program != SERVICE_CONSOLE) return true;
    return node_settings(conf, &CONSOLE_SETTINGS, &settings, sizeof settings, &why) != 0 ||
           settings.listen[0] != '\0';
}

// ---- the socket of a first start

enum { SOCKET_ABOVE = 10 };

int console_socket_take(void)
{
    const char *text = getenv(CONSOLE_SOCKET_ENV);
    int64_t number;
    int listens = 0;
    socklen_t size = sizeof listens;
    bool good = text != NULL && int_parse(text, STDERR_FILENO + 1, INT32_MAX, &number) &&
                getsockopt((int)number, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
    unsetenv(CONSOLE_SOCKET_ENV);
    if (!good) return -1;
    int fd = fcntl((int)number, F_DUPFD_CLOEXEC, SOCKET_ABOVE);
    if (fd >= 0) close((int)number);
    return fd;
}

void console_socket_hand(int number)
{
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    setenv(CONSOLE_SOCKET_ENV, text, 1);
}
