// SPDX-License-Identifier: Apache-2.0
// The address on which the console listens.
#pragma once
#include "common/node/console.h"

enum { LISTEN_URL = CONSOLE_NAME_MAX + 32 };

// Opens it. 0 with the descriptor and the port; -1 with why: it is no address, in use, or of more than this
// computer while there are no names, hence no TLS. Where the standard port is in use (another node of this
// computer has it), any free one is taken. A socket that console_socket_take finds is used if it is such a
// one.
int listen_open(const char *listen, const console_names_t *names, int *ret_fd, uint16_t *ret_port,
                char ret_url[static LISTEN_URL], why_t *why);
// "https://NAME:PORT", of the first name.
void listen_url(const console_names_t *names, uint16_t port, char ret_url[static LISTEN_URL]);
