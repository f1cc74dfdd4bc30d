// SPDX-License-Identifier: Apache-2.0
// Section `console` of node.conf: the program that shows the node to people in a browser. Whoever starts the
// node's programs, and whoever looks at them, must know whether there is one.
#pragma once
#include "common/node/node.h"

#define CONSOLE_LISTEN "127.0.0.1:7780"
// The authority of its certificate, below the node's directory: PEM, made by the console when it first needs
// it.
#define CONSOLE_AUTHORITY "authority.pem"
#define CONSOLE_AUTHORITY_KEY "secret/authority.key"

enum {
    CONSOLE_NAMES = 16,
    CONSOLE_NAME_MAX = 50,
    CONSOLE_NAMES_TEXT = 400,
};

typedef struct console_settings {
    char listen[NODE_ENDPOINT_MAX + 1]; // HOST:PORT; empty: the node has no console
    int64_t idle_s, request_s;          // how long a browser's connection is waited for
    char names[CONSOLE_NAMES_TEXT + 1]; // see console_names; empty: no TLS
} console_settings_t;

// Names and addresses by which other computers call this one.
typedef struct console_names {
    char names[CONSOLE_NAMES][CONSOLE_NAME_MAX + 1]; // small letters; IPv6 without brackets
    size_t n;
} console_names_t;

// Of a text in which they stand with blanks between them. 0, or -1 with why: one is none, or too many.
int console_names(const char *text, console_names_t *ret_names, why_t *why);

extern const settings_table_t CONSOLE_SETTINGS;

// A socket that listens already, handed from the program before in this process, or from its supervisor: so
// browsers that come while a node is being started wait, and its address stays. In the environment, its
// number.
#define CONSOLE_SOCKET_ENV "SELENGA_CONSOLE_SOCKET"

// Takes it over, once: the environment forgets it. A descriptor above those that programs give numbers to,
// closed by an exec; -1: there is none.
int console_socket_take(void);
// For programs that are executed from here on, which find it under this number.
void console_socket_hand(int number);

// Is the program with this number one of those that this node runs? All are, but for a console that it has
// not. A section that cannot be read counts as one: the console itself says what is wrong.
bool node_runs(const node_conf_t *conf, uint32_t program);
