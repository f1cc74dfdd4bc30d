// SPDX-License-Identifier: Apache-2.0
// Options of the socket that children connect to.
#pragma once
#include "common/node/node.h"

// libzmq's option ZMQ_ZAP_ENFORCE_DOMAIN. By number, because Debian's header shows the name to drafts only; a
// test pins it.
enum { CURVE_ZAP_ENFORCE_DOMAIN = 93 };

// Before it is bound. 0 or negative errno (-EINVAL also: this libzmq does not know ZAP_ENFORCE_DOMAIN, so it
// must not listen).
int curve_serve(void *socket, const node_keys_t *keys, int handshake_ms, size_t backlog);
