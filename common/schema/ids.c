// SPDX-License-Identifier: Apache-2.0
// See ids.h.
#include "common/schema/ids.h"
#include "common/schema/kinds.h"
#include "proto/message.h"
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

enum { ORG_PART = 6, KEY_PART = 10 };

// The first bytes of BLAKE2b-256 over the kind's number and the text.
static void hash_part(uint32_t kind, slice_t text, uint8_t *to, size_t size)
{
    uint8_t whole[crypto_generichash_BYTES], number[4];
    crypto_generichash_state state;
    be32_store(number, kind);
    crypto_generichash_init(&state, NULL, 0, sizeof whole);
    crypto_generichash_update(&state, number, sizeof number);
    crypto_generichash_update(&state, text.data, text.size);
    crypto_generichash_final(&state, whole, sizeof whole);
    memcpy(to, whole, size);
}

// The organisation's part is the same for all records of a sheet or a feed: the last answers are remembered.
// A pure function's memory, each thread its own.
static void org_part(const kind_rule_t *kind, slice_t org, uint8_t *to)
{
    enum { SLOTS = 64, TEXT_MAX = 48 };
    static _Thread_local struct {
        uint32_t kind;
        uint8_t size, text[TEXT_MAX], part[ORG_PART];
    } memory[SLOTS];
    slice_t text = kind_key_names_org(kind) ? org : (slice_t){0};
    uint32_t h = kind->number;
    if (text.size > TEXT_MAX) {
        hash_part(kind->number, text, to, ORG_PART);
        return;
    }
    for (size_t i = 0; i < text.size; i++) h = h * 31 + text.data[i];
    h %= SLOTS;
    bool same = memory[h].kind == kind->number && slice_equal(slice(memory[h].text, memory[h].size), text);
    if (!same) {
        memory[h].kind = kind->number;
        memory[h].size = (uint8_t)text.size;
        if (text.size > 0) memcpy(memory[h].text, text.data, text.size);
        hash_part(kind->number, text, memory[h].part, ORG_PART);
    }
    memcpy(to, memory[h].part, ORG_PART);
}

void rid_derive(const kind_rule_t *kind, slice_t org, slice_t key_text, rid_t *ret_id)
{
    org_part(kind, org, ret_id->b);
    hash_part(kind->number, key_text, ret_id->b + ORG_PART, KEY_PART);
}

bool rid_is_of(const kind_rule_t *kind, slice_t org, const rid_t *id)
{
    uint8_t part[ORG_PART];
    rid_t own;
    if (!kind_has_key(kind)) return true;
    if (kind_key_is_org(kind)) {
        rid_derive(kind, org, org, &own);
        return rid_equal(&own, id);
    }
    org_part(kind, org, part);
    return memcmp(part, id->b, ORG_PART) == 0;
}

void rid_new(uint64_t now_ms, rid_t *ret_id)
{
    uint8_t time[8];
    ssize_t got = getrandom(ret_id->b, sizeof ret_id->b, 0);
    if (got != (ssize_t)sizeof ret_id->b) abort(); // never short for 16 bytes once the kernel is seeded
    be64_store(time, now_ms);
    memcpy(ret_id->b, time + 2, 6);
    ret_id->b[6] = (uint8_t)(0x70 | (ret_id->b[6] & 0x0f)); // version 7
    ret_id->b[8] = (uint8_t)(0x80 | (ret_id->b[8] & 0x3f)); // variant of RFC 9562
}

const char *hex_text(slice_t bytes, char *buf)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.size; i++) {
        buf[2 * i] = digits[bytes.data[i] >> 4];
        buf[2 * i + 1] = digits[bytes.data[i] & 15];
    }
    buf[2 * bytes.size] = '\0';
    return buf;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

int hex_parse(slice_t text, uint8_t *buf, size_t max)
{
    if (text.size % 2 != 0 || text.size / 2 > max) return -1;
    for (size_t i = 0; i < text.size / 2; i++) {
        int high = hex_digit(text.data[2 * i]), low = hex_digit(text.data[2 * i + 1]);
        if (high < 0 || low < 0) return -1;
        buf[i] = (uint8_t)(high << 4 | low);
    }
    return (int)(text.size / 2);
}

const char *rid_text(const rid_t *id, char *buf)
{
    static const uint8_t groups[] = {4, 2, 2, 2, 6}; // bytes between the dashes
    const uint8_t *from = id->b;
    char *to = buf;
    for (size_t g = 0; g < ARRAY_SIZE(groups); g++) {
        if (g > 0) *to++ = '-';
        hex_text(slice(from, groups[g]), to);
        from += groups[g];
        to += 2 * groups[g];
    }
    return buf;
}

bool rid_parse(const char *text, rid_t *ret_id)
{
    rid_t id;
    char plain[33];
    size_t length = strlen(text), n = 0;
    if (length != 32 && length != RID_TEXT - 1) return false;
    for (size_t i = 0; i < length; i++) {
        bool dash = length != 32 && (i == 8 || i == 13 || i == 18 || i == 23);
        if (dash && text[i] != '-') return false;
        if (!dash) plain[n++] = text[i];
    }
    if (hex_parse(slice(plain, n), id.b, sizeof id.b) != (int)sizeof id.b) return false;
    *ret_id = id;
    return true;
}

static bool label_is_free(uint32_t label)
{
    return label >= PEER_LABEL_MIN && label != PEER_PARENT;
}

bool path_from_bytes(slice_t bytes, path_t *ret_path)
{
    if (bytes.size == 0 || bytes.size > PATH_BYTES || bytes.size % PATH_LABEL != 0) return false;
    for (size_t i = 0; i < bytes.size; i += PATH_LABEL)
        if (!label_is_free(be32_load(bytes.data + i))) return false;
    *ret_path = (path_t){.len = (uint8_t)bytes.size};
    memcpy(ret_path->b, bytes.data, bytes.size);
    return true;
}

bool path_equal(const path_t *a, const path_t *b)
{
    return a->len == b->len && memcmp(a->b, b->b, a->len) == 0;
}

bool path_is_prefix(const path_t *prefix, const path_t *path)
{
    return prefix->len <= path->len && memcmp(prefix->b, path->b, prefix->len) == 0;
}

uint32_t path_child_label(const path_t *self, const path_t *path)
{
    assert(path->len > self->len);
    return be32_load(path->b + self->len);
}

uint32_t path_own_label(const path_t *path)
{
    assert(path->len >= PATH_LABEL);
    return be32_load(path->b + path->len - PATH_LABEL);
}

bool path_child(const path_t *self, uint32_t label, path_t *ret_path)
{
    if (self->len + PATH_LABEL > PATH_BYTES || !label_is_free(label)) return false;
    *ret_path = *self;
    be32_store(ret_path->b + self->len, label);
    ret_path->len = (uint8_t)(self->len + PATH_LABEL);
    return true;
}

path_t path_parent(const path_t *path)
{
    path_t parent = {0};
    if (path->len < PATH_LABEL) return parent;
    parent.len = (uint8_t)(path->len - PATH_LABEL);
    memcpy(parent.b, path->b, parent.len);
    return parent;
}

const char *path_text(const path_t *path, char *buf)
{
    char *to = buf;
    *to = '\0';
    for (size_t i = 0; i < path->len; i += PATH_LABEL) {
        if (i > 0) *to++ = '.';
        hex_text(slice(path->b + i, PATH_LABEL), to);
        to += 2 * (size_t)PATH_LABEL;
    }
    return buf;
}

bool path_parse(const char *text, path_t *ret_path)
{
    path_t path = {0};
    size_t length = strlen(text);
    for (size_t at = 0;; at += 2 * PATH_LABEL + 1) {
        uint8_t label[PATH_LABEL];
        if (length < at + 2 * PATH_LABEL ||
            hex_parse(slice(text + at, 2 * PATH_LABEL), label, sizeof label) != PATH_LABEL ||
            !path_child(&path, be32_load(label), &path))
            return false;
        if (length == at + 2 * PATH_LABEL) break;
        if (text[at + 2 * PATH_LABEL] != '.') return false;
    }
    *ret_path = path;
    return true;
}
