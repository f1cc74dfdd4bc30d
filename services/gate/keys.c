// SPDX-License-Identifier: Apache-2.0
// The keys that the registry gave.
#include "services/gate/keys.h"
#include "proto/message.h"
#include <stdlib.h>

void keys_clear(keys_t *keys)
{
    free(keys->rows);
    *keys = (keys_t){0};
}

static int compare(const void *key, const void *row)
{
    return memcmp(key, ((const key_entry_t *)row)->key, NODE_KEY_SIZE);
}

static int compare_rows(const void *a, const void *b)
{
    return memcmp(((const key_entry_t *)a)->key, ((const key_entry_t *)b)->key, NODE_KEY_SIZE);
}

key_entry_t *keys_find(keys_t *keys, const uint8_t key[static NODE_KEY_SIZE])
{
    return keys->n ? bsearch(key, keys->rows, keys->n, sizeof *keys->rows, compare) : NULL;
}

key_entry_t *keys_find_child(keys_t *keys, uint32_t label)
{
    for (size_t i = 0; i < keys->n; i++)
        if (keys->rows[i].role == KEY_CHILD && keys->rows[i].label == label) return &keys->rows[i];
    return NULL;
}

// Cut, not refused: a name is only shown.
static void take_text(char *to, size_t size, const char *text)
{
    if (!text || !text_copy(to, size, text)) to[0] = '\0';
}

static bool read_row(const Selenga__Key *message, key_entry_t *ret_row)
{
    key_entry_t row = {.role = (key_role_t)message->role,
                       .label = message->peer,
                       .expires_s = message->expires_s,
                       .rtt_us = -1};
    if (message->key.len != NODE_KEY_SIZE || row.role < KEY_CHILD || row.role > KEY_REVOKED) return false;
    memcpy(row.key, message->key.data, NODE_KEY_SIZE);
    bool has_path =
        path_from_bytes(slice(message->path.data, message->path.len), &row.path) && row.path.len > 0;
    bool good_label = row.label >= PEER_LABEL_MIN && row.label != PEER_PARENT;
    if (row.role == KEY_CHILD && (!has_path || !good_label || path_own_label(&row.path) != row.label))
        return false;
    take_text(row.org, sizeof row.org, message->org);
    take_text(row.name, sizeof row.name, message->name);
    *ret_row = row;
    return true;
}

// A new row where the key is known: the link's state stays, unless the key came to mean something else.
static void merge(key_entry_t *row, const key_entry_t *old, uint64_t now_ms)
{
    row->since_ms = now_ms;
    if (!old) return;
    memcpy(row->version, old->version, sizeof row->version);
    row->rtt_us = old->rtt_us;
    if (old->role != row->role || old->label != row->label) return;
    row->up = old->up;
    row->since_ms = old->since_ms;
}

static void put(keys_t *keys, const key_entry_t *row)
{
    key_entry_t *held = keys_find(keys, row->key);
    if (held) {
        *held = *row;
        return;
    }
    if (keys->n == keys->room) {
        keys->room = keys->room ? 2 * keys->room : 16;
        keys->rows = xrealloc(keys->rows, keys->room * sizeof *keys->rows);
    }
    size_t at = keys->n;
    while (at > 0 && compare_rows(&keys->rows[at - 1], row) > 0) at--;
    memmove(&keys->rows[at + 1], &keys->rows[at], (keys->n - at) * sizeof *keys->rows);
    keys->rows[at] = *row;
    keys->n++;
}

static size_t apply_change(keys_t *keys, const Selenga__Keys *message, uint64_t now_ms)
{
    size_t left_out = 0;
    for (size_t i = 0; i < message->n_keys; i++) {
        key_entry_t row;
        if (!read_row(message->keys[i], &row)) {
            left_out++;
            continue;
        }
        merge(&row, keys_find(keys, row.key), now_ms);
        put(keys, &row);
    }
    return left_out;
}

static size_t apply_whole(keys_t *keys, const Selenga__Keys *message, uint64_t now_ms)
{
    keys_t whole = {.ready = true, .room = message->n_keys};
    whole.rows = xcalloc(message->n_keys, sizeof *whole.rows);
    for (size_t i = 0; i < message->n_keys; i++) {
        key_entry_t *row = &whole.rows[whole.n];
        if (!read_row(message->keys[i], row)) continue;
        merge(row, keys_find(keys, row->key), now_ms);
        whole.n++;
    }
    size_t left_out = message->n_keys - whole.n;
    qsort(whole.rows, whole.n, sizeof *whole.rows, compare_rows);
    size_t kept = 0; // the first of equal keys
    for (size_t i = 0; i < whole.n; i++)
        if (kept == 0 || compare_rows(&whole.rows[kept - 1], &whole.rows[i]) != 0)
            whole.rows[kept++] = whole.rows[i];
    left_out += whole.n - kept;
    whole.n = kept;
    keys_clear(keys);
    *keys = whole;
    return left_out;
}

size_t keys_apply(keys_t *keys, const Selenga__Keys *message, uint64_t now_ms)
{
    return message->whole ? apply_whole(keys, message, now_ms) : apply_change(keys, message, now_ms);
}

uint8_t *keys_allowed(const keys_t *keys, size_t *ret_n)
{
    uint8_t *allowed = xmalloc(keys->n * NODE_KEY_SIZE);
    size_t n = 0;
    for (size_t i = 0; i < keys->n; i++)
        if (keys->rows[i].role != KEY_REVOKED)
            memcpy(allowed + NODE_KEY_SIZE * n++, keys->rows[i].key, NODE_KEY_SIZE);
    *ret_n = n;
    return allowed;
}
