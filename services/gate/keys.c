// SPDX-License-Identifier: Apache-2.0
// The keys that the registry gave.
#include "services/gate/keys.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "proto/message.h"
#include <stdlib.h>

static void clear(key_table_t *table)
{
    for (size_t i = 0; i < table->n; i++) free(table->rows[i]);
    free(table->rows);
    *table = (key_table_t){0};
}

void keys_clear(keys_t *keys)
{
    clear(&keys->now);
    clear(&keys->draft);
    *keys = (keys_t){0};
}

// --- a table

static int by_key(const void *row, const void *key)
{
    return memcmp((*(key_entry_t *const *)row)->key, key, NODE_KEY_SIZE);
}

// Where the key is, or would be.
static size_t place_of(const key_table_t *table, const uint8_t *key)
{
    return vec_place(table->rows, table->n, sizeof(key_entry_t *), key, by_key);
}

static key_entry_t *find(const key_table_t *table, const uint8_t *key)
{
    size_t at = place_of(table, key);
    bool found = at < table->n && memcmp(table->rows[at]->key, key, NODE_KEY_SIZE) == 0;
    return found ? table->rows[at] : NULL;
}

static void put(key_table_t *table, const key_entry_t *row)
{
    size_t at = place_of(table, row->key);
    if (at < table->n && memcmp(table->rows[at]->key, row->key, NODE_KEY_SIZE) == 0) {
        *table->rows[at] = *row;
        return;
    }
    vec_reserve(table->rows, table->room, table->n + 1);
    memmove(&table->rows[at + 1], &table->rows[at], (table->n - at) * sizeof *table->rows);
    table->rows[at] = xmemdup(row, sizeof *row);
    table->n++;
}

static bool take_out(key_table_t *table, const uint8_t *key)
{
    size_t at = place_of(table, key);
    if (at == table->n || memcmp(table->rows[at]->key, key, NODE_KEY_SIZE) != 0) return false;
    free(table->rows[at]);
    table->n--;
    memmove(&table->rows[at], &table->rows[at + 1], (table->n - at) * sizeof *table->rows);
    return true;
}

key_entry_t *keys_find(const keys_t *keys, const uint8_t key[static NODE_KEY_SIZE])
{
    return find(&keys->now, key);
}

static bool may_connect(const key_entry_t *row)
{
    return row->role != KEY_REVOKED || *row->why;
}

bool keys_allow(const keys_t *keys, const uint8_t key[static NODE_KEY_SIZE])
{
    const key_entry_t *row = keys_find(keys, key);
    return row && may_connect(row);
}

void key_note_version(key_entry_t *row, slice_t body)
{
    AUTO(msg_body_free) Selenga__Hello *hello = msg_body_unpack(&selenga__hello__descriptor, body);
    if (!hello || !hello->version || !text_copy(row->version, sizeof row->version, hello->version))
        row->version[0] = '\0';
}

bool key_wastes(key_entry_t *row, size_t bytes, uint64_t most, uint64_t now_ms)
{
    uint64_t forgiven = (now_ms - row->wasted_ms) * (most / 16) / 1000;
    row->wasted -= forgiven < row->wasted ? forgiven : row->wasted;
    row->wasted += bytes;
    row->wasted_ms = now_ms;
    bool too_much = row->wasted > most;
    if (too_much) row->wasted = 0;
    return too_much;
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
    if (row.role == KEY_REVOKED) take_text(row.why, sizeof row.why, message->why);
    *ret_row = row;
    return true;
}

// A new row where the key is known: the link's state stays, unless the key came to mean something else.
// Returns whether it did.
static bool merge(key_entry_t *row, const key_entry_t *old, uint64_t now_ms)
{
    row->since_ms = now_ms;
    if (!old) return false;
    memcpy(row->version, old->version, sizeof row->version);
    row->rtt_us = old->rtt_us;
    row->instance = old->instance;
    row->rival_ms = old->rival_ms;
    row->clone_ms = old->clone_ms;
    row->clone_told = old->clone_told;
    row->untold = old->untold;
    row->silence_told = old->silence_told;
    row->wasted = old->wasted;
    row->wasted_ms = old->wasted_ms;
    row->shut_until_ms = old->shut_until_ms;
    if (old->role != row->role || old->label != row->label) return true;
    row->up = old->up;
    row->silent = old->silent;
    row->since_ms = old->since_ms;
    return false;
}

// --- messages

static void apply(key_table_t *table, const Selenga__Keys *message, uint64_t now_ms, keys_result_t *result)
{
    for (size_t i = 0; i < message->n_gone; i++) {
        if (message->gone[i].len != NODE_KEY_SIZE)
            result->left_out++;
        else
            result->taken_away |= take_out(table, message->gone[i].data);
    }
    for (size_t i = 0; i < message->n_keys; i++) {
        key_entry_t row;
        if (!read_row(message->keys[i], &row)) {
            result->left_out++;
            continue;
        }
        result->taken_away |= merge(&row, find(table, row.key), now_ms);
        put(table, &row);
    }
}

// The draft is whole: it takes the place of the table in force.
static void put_in_force(keys_t *keys, uint64_t now_ms)
{
    for (size_t i = 0; i < keys->draft.n; i++)
        merge(keys->draft.rows[i], find(&keys->now, keys->draft.rows[i]->key), now_ms);
    clear(&keys->now);
    keys->now = keys->draft;
    keys->draft = (key_table_t){0};
    keys->drafting = false;
    keys->ready = true;
}

keys_result_t keys_apply(keys_t *keys, const Selenga__Keys *message, uint64_t now_ms)
{
    keys_result_t result = {.outcome = KEYS_CHANGED};
    bool follows = (keys->ready || keys->drafting) && !keys->behind && message->seq == keys->seq + 1;
    if (message->whole || !follows) clear(&keys->draft);
    if (message->whole || !follows) keys->drafting = message->whole;
    keys->behind = !message->whole && !follows;
    if (keys->behind) return (keys_result_t){.outcome = KEYS_GAP};
    keys->seq = message->seq;
    apply(keys->drafting ? &keys->draft : &keys->now, message, now_ms, &result);
    if (!keys->drafting) return result;
    result.outcome = message->more ? KEYS_PAGE : KEYS_WHOLE;
    result.taken_away = !message->more;
    if (!message->more) put_in_force(keys, now_ms);
    return result;
}

uint8_t *keys_allowed(const keys_t *keys, size_t *ret_n)
{
    uint8_t *allowed = xmalloc(keys->now.n * NODE_KEY_SIZE);
    size_t n = 0;
    for (size_t i = 0; i < keys->now.n; i++)
        if (may_connect(keys->now.rows[i]))
            memcpy(allowed + NODE_KEY_SIZE * n++, keys->now.rows[i]->key, NODE_KEY_SIZE);
    *ret_n = n;
    return allowed;
}
