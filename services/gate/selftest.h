// SPDX-License-Identifier: Apache-2.0
// The start-up test of the children's door: a stranger must be refused and a friend let in, over the real
// endpoint.
//
// libzmq lets everybody in, silently, when its ZAP handler or one option is missing; a test that can fail
// both ways is the only proof that it asks us and obeys.
#pragma once
#include "services/gate/zap.h"

enum {
    SELFTEST_E_OPEN = 1, // a key that is not allowed got in
    SELFTEST_E_SHUT,     // an allowed key did not get in
};

// `endpoint`: as peers_endpoint gives it; `server_key`: the node's public key. Uses two keys made for this,
// which are unknown again when it returns. Takes some milliseconds, at most `timeout_ms` twice. Returns 0,
// SELFTEST_E_ or -errno.
int selftest(void *context, zap_t *zap, const char *endpoint, const uint8_t server_key[static 32],
             int timeout_ms);
