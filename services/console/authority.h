// SPDX-License-Identifier: Apache-2.0
// Under which certificate the console is reached from other computers. The node is its own authority: a key
// that never leaves it and a certificate that people install once on their computers. It may speak for the
// names in node.conf and for this computer, for nobody else (name constraints), so a stolen one opens no
// bank. The server's own key and certificate are made anew at each start. Keys are ECDSA of P-256; X.509 as
// RFC 5280.
#pragma once
#include "common/node/console.h"

typedef struct authority {
    char *key, *chain; // PEM: the server's key; its certificate and the authority's
} authority_t;

// Makes what is missing: the authority (in the node's directory), or a new one where the old one may not
// speak for all names, and the server's certificate. 0; or -1 with why.
int authority_open(const console_names_t *names, const char *node, authority_t *ret, why_t *why);
void authority_clear(authority_t *authority);
