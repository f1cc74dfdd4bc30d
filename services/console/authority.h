// SPDX-License-Identifier: Apache-2.0
// Under which certificate the console is reached from other computers. The node is its own authority: a key
// that never leaves it and a certificate that people install once on their computers. It may speak for the
// names in node.conf and for this computer, for nobody else (name constraints), so a stolen one opens no
// bank. The server's own key and certificate are made anew at each start, when the names change, and long
// before they end. Keys are ECDSA of P-256; X.509 as RFC 5280.
#pragma once
#include "common/node/console.h"
#include <gnutls/abstract.h>

typedef struct authority {
    char *key, *chain;       // PEM: the server's key; its certificate and the authority's
    int64_t from_s, until_s; // when the server's certificate is good, unix time
} authority_t;

// Makes what is missing: the authority (in the node's directory), or a new one where the old one may not
// speak for all names, and the server's certificate. now_s: unix time. 0; or -1 with why, and *ret as it was.
int authority_open(const console_names_t *names, const char *node, int64_t now_s, authority_t *ret,
                   why_t *why);
// Is another certificate of the server's to be made? It is near its end, or this computer's clock was far
// ahead when it was made. The authority stays whatever the clock says: people would have to install it again.
bool authority_due(const authority_t *authority, int64_t now_s);
// Copies for one handshake, which GnuTLS frees (GNUTLS_CERT_RETR_DEINIT_ALL): so a certificate may be
// replaced while somebody shakes hands. 0, or an error of GnuTLS.
int authority_give(const authority_t *authority, gnutls_pcert_st **ret_chain, unsigned *ret_n,
                   gnutls_privkey_t *ret_key);
void authority_clear(authority_t *authority);
