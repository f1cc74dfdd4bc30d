// SPDX-License-Identifier: Apache-2.0
// The table of keys as the registry sends it to the gate, what neighbours told of nodes in it. For each
// message its size (2 bytes, big-endian), then a Keys.
#include "services/gate/keys.h"
#include "common/node/msg.h"
#include "tests/fuzz/fuzz.h"

// A revoked one too, when there is something to tell it.
static bool may_connect(const key_entry_t *row)
{
    return row->role != KEY_REVOKED || row->why[0] != '\0';
}

static void check_row(const keys_t *keys, size_t i)
{
    const key_entry_t *row = keys->now.rows[i];
    assert(i == 0 || memcmp(keys->now.rows[i - 1]->key, row->key, NODE_KEY_SIZE) < 0);
    assert(keys_find(keys, row->key) == row && keys_allow(keys, row->key) == may_connect(row));
    assert(row->role >= KEY_CHILD && row->role <= KEY_REVOKED);
    assert(row->role != KEY_CHILD || path_own_label(&row->path) == row->label);
}

static void check(const keys_t *keys)
{
    size_t n, allowed = 0;
    AUTO(xfree) uint8_t *list = keys_allowed(keys, &n);
    for (size_t i = 0; i < keys->now.n; i++) {
        check_row(keys, i);
        allowed += may_connect(keys->now.rows[i]);
    }
    assert(n == allowed);
    for (size_t i = 0; i < n; i++) assert(keys_allow(keys, list + i * NODE_KEY_SIZE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    slice_t in = slice(data, size);
    keys_t keys = {0};
    for (uint64_t now_ms = 1; in.size > 0; now_ms++) {
        size_t most = (size_t)fuzz_byte(&in) << 8;
        slice_t body = fuzz_take(&in, most | fuzz_byte(&in));
        AUTO(msg_body_free) Selenga__Keys *message = msg_body_unpack(&selenga__keys__descriptor, body);
        if (message == NULL) continue;
        keys_result_t result = keys_apply(&keys, message, now_ms);
        assert(result.left_out <= message->n_keys + message->n_gone);
        check(&keys);
    }
    keys_clear(&keys);
    return 0;
}
