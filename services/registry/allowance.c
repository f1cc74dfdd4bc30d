// SPDX-License-Identifier: Apache-2.0
#include "services/registry/allowance.h"
#include "common/base/vec.h"
#include <stdlib.h>

enum { KEY_SIZE = 5, VALUE_SIZE = 4 + OPRF_MARK, TIMES = 2, DAY_MS = 24 * 3600 * 1000 };

void allowance_init(allowance_t *allowance, const allowance_settings_t *settings, uint64_t now_ms)
{
    *allowance = (allowance_t){.settings = *settings, .refilled_ms = now_ms};
}

void allowance_clear(allowance_t *allowance)
{
    free(allowance->children);
    allowance->children = NULL;
    allowance->n = allowance->room = 0;
}

allowance_child_t *allowance_of(allowance_t *allowance, uint32_t label)
{
    size_t low = 0, high = allowance->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (allowance->children[middle].label < label)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < allowance->n && allowance->children[low].label == label) return &allowance->children[low];
    vec_reserve(allowance->children, allowance->room, allowance->n + 1);
    memmove(&allowance->children[low + 1], &allowance->children[low],
            (allowance->n++ - low) * sizeof *allowance->children);
    allowance->children[low] = (allowance_child_t){.label = label};
    return &allowance->children[low];
}

int allowance_load(allowance_t *allowance, kv_txn_t *txn)
{
    static const uint8_t letter = 'A';
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    int rc = kv_cursor(txn, KV_AUX, &cursor);
    if (rc == 0) rc = kv_seek(cursor, slice(&letter, 1), &key, &value);
    while (rc == 0 && key.size == KEY_SIZE && key.data[0] == letter) {
        if (value.size == VALUE_SIZE) {
            allowance_child_t *child = allowance_of(allowance, be32_load(key.data + 1));
            child->spent = be32_load(value.data);
            memcpy(child->mark, value.data + 4, OPRF_MARK);
        }
        rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    return rc < 0 ? rc : 0;
}

// What it shows, at least the minimum for each node of its subtree. A school has no nodes to count, and
// cannot make itself larger than schools are.
static uint64_t staff_of(const allowance_settings_t *settings, const allowance_child_t *child)
{
    uint64_t least = (uint64_t)settings->staff_min * (child->school ? 1 : (uint64_t)child->nodes + 1);
    uint64_t staff = child->persons;
    if (child->school && staff > (uint64_t)settings->school_staff_max)
        staff = (uint64_t)settings->school_staff_max;
    return staff > least ? staff : least;
}

uint32_t allowance_left(const allowance_t *allowance, allowance_child_t *child,
                        const uint8_t mark[static OPRF_MARK])
{
    if (memcmp(child->mark, mark, OPRF_MARK) != 0) {
        memcpy(child->mark, mark, OPRF_MARK);
        child->spent = 0;
        child->dirty = true;
    }
    uint64_t all = TIMES * staff_of(&allowance->settings, child);
    uint64_t gone = (uint64_t)child->spent + child->under_way;
    uint64_t left = all > gone ? all - gone : 0;
    return left > UINT32_MAX ? UINT32_MAX : (uint32_t)left;
}

void allowance_spend(allowance_child_t *child, uint32_t n)
{
    child->spent = child->spent > UINT32_MAX - n ? UINT32_MAX : child->spent + n;
    child->dirty = true;
}

static int save(kv_txn_t *txn, const allowance_child_t *child)
{
    uint8_t key[KEY_SIZE] = {'A'}, value[VALUE_SIZE];
    be32_store(key + 1, child->label);
    be32_store(value, child->spent);
    memcpy(value + 4, child->mark, OPRF_MARK);
    return kv_put(txn, KV_AUX, slice(key, sizeof key), slice(value, sizeof value));
}

int allowance_settle(allowance_t *allowance, kv_txn_t *txn, uint64_t now_ms)
{
    uint64_t each_ms = DAY_MS / (uint64_t)allowance->settings.per_day;
    uint32_t back = (uint32_t)((now_ms - allowance->refilled_ms) / each_ms);
    allowance->refilled_ms += back * each_ms;
    int rc = 0;
    for (size_t i = 0; i < allowance->n && rc == 0; i++) {
        allowance_child_t *child = &allowance->children[i];
        if (back > 0 && child->spent > 0) {
            child->spent = child->spent > back ? child->spent - back : 0;
            child->dirty = true;
        }
        if (child->dirty) rc = save(txn, child);
        child->dirty = false;
    }
    return rc;
}
