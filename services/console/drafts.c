// SPDX-License-Identifier: Apache-2.0
// Rows of KV_AUX: 'K' -> the secret; 'D', hash of the account, hash of the address, form -> seconds of the
// last change (8 bytes), account, NUL, address, NUL, fields as a browser sends them.
#include "services/console/drafts.h"
#include "common/base/log.h"
#include "common/base/system_error.h"
#include "common/schema/ids.h"
#include "common/store/kv.h"
#include "services/console/html.h"
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    MAP = 128 << 20, // all of them, and what LMDB needs beside
    SECRET = 32,
    HASH = 16,
    FORM_BYTES = 8,
    OF_ACCOUNT = 1 + HASH,
    OF_ADDRESS = OF_ACCOUNT + HASH,
    KEY = OF_ADDRESS + FORM_BYTES,
    STAMP = 8,
    LOCK_TRIES = 100, // a console that was killed holds its lock for a moment
};

struct drafts {
    kv_t *kv;
    uint8_t secret[SECRET];
};

// --- rows

static void hash_into(const char *text, uint8_t ret[static HASH])
{
    crypto_generichash(ret, HASH, (const uint8_t *)text, strlen(text), NULL, 0);
}

static slice_t row_key(const draft_key_t *key, uint8_t ret[static KEY])
{
    memset(ret, 0, KEY);
    ret[0] = 'D';
    hash_into(key->account, ret + 1);
    if (key->address == NULL) return slice(ret, OF_ACCOUNT);
    hash_into(key->address, ret + OF_ACCOUNT);
    if (key->form[0] == '\0') return slice(ret, OF_ADDRESS);
    (void)hex_parse(slice_text(key->form), ret + OF_ADDRESS, FORM_BYTES);
    return slice(ret, KEY);
}

static int64_t stamp_of(slice_t row)
{
    uint64_t stamp = 0;
    for (size_t i = 0; i < STAMP && i < row.size; i++) stamp = stamp << 8 | row.data[i];
    return (int64_t)stamp;
}

// The texts of a row and what follows them. False: it is none.
static bool read_row(slice_t row, const char **ret_account, const char **ret_address, slice_t *ret_body)
{
    const char *texts[2];
    slice_t rest = row.size > STAMP ? slice(row.data + STAMP, row.size - STAMP) : slice(row.data, 0);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        const uint8_t *end = memchr(rest.data, '\0', rest.size);
        if (end == NULL) return false;
        texts[i] = (const char *)rest.data;
        rest = slice(end + 1, rest.size - (size_t)(end + 1 - rest.data));
    }
    *ret_account = texts[0];
    *ret_address = texts[1];
    *ret_body = rest;
    return true;
}

// What the browser sent, without the token that belongs to a session; NULL: it is too much.
static char *write_body(const form_t *form, size_t *ret_size)
{
    html_t text = {0};
    for (size_t i = 0; i < form->n && text.size <= DRAFT_MOST; i++) {
        const form_pair_t *pair = &form->pairs[i];
        if (strcmp(pair->name, "token") == 0 || strncmp(pair->name, "again.", 6) == 0) continue;
        if (text.size > 0) html_raw(&text, "&");
        html_segment(&text, pair->name);
        html_raw(&text, "=");
        html_segment(&text, pair->value);
    }
    if (text.size > DRAFT_MOST || text.full) html_free(&text);
    bool fits = text.bytes != NULL;
    char *bytes = html_take(&text, ret_size);
    if (fits) return bytes;
    free(bytes);
    return NULL;
}

// --- transactions

static bool failed(int rc, const char *what)
{
    if (rc == 0 || rc == KV_NONE) return false;
    log_once(L_WARNING, "DRAFT-FAILED", (uint64_t)-rc, _("%s: %s; nothing else is harmed"), what,
             system_error(-rc));
    return true;
}

static bool finish(kv_txn_t **txn, int rc)
{
    if (rc == 0) rc = kv_commit(txn);
    kv_abort(txn);
    return !failed(rc, _("a draft was not kept"));
}

typedef struct oldest {
    size_t n;
    int64_t at;
    uint8_t key[KEY];
} oldest_t;

static void look(oldest_t *seen, slice_t key, slice_t row)
{
    int64_t at = stamp_of(row);
    if (seen->n++ == 0 || at < seen->at) {
        seen->at = at;
        memcpy(seen->key, key.data, KEY);
    }
}

static bool is_draft(slice_t key)
{
    return key.size == KEY && key.data[0] == 'D';
}

// Where one more would be too many, of its account or of all, the oldest goes.
static int make_room(kv_txn_t *txn, slice_t wanted)
{
    oldest_t mine = {0}, all = {0};
    kv_cursor_t *cursor;
    slice_t key, row;
    if (kv_get(txn, KV_AUX, wanted, &row) == 0) return 0;
    int rc = kv_cursor(txn, KV_AUX, &cursor);
    if (rc != 0) return rc;
    for (rc = kv_seek(cursor, slice_text("D"), &key, &row); rc == 0 && is_draft(key);
         rc = kv_next(cursor, &key, &row)) {
        look(&all, key, row);
        if (memcmp(key.data, wanted.data, OF_ACCOUNT) == 0) look(&mine, key, row);
    }
    kv_close_cursor(&cursor);
    if (rc < 0) return rc;
    if (mine.n >= DRAFTS_OF_ACCOUNT)
        rc = kv_del(txn, KV_AUX, slice(mine.key, KEY));
    else
        rc = all.n >= DRAFTS_MOST ? kv_del(txn, KV_AUX, slice(all.key, KEY)) : 0;
    return rc;
}

bool drafts_keep(drafts_t *drafts, const draft_key_t *key, const form_t *form, int64_t now_s)
{
    uint8_t bytes[KEY];
    html_t row = {0};
    kv_txn_t *txn = NULL;
    size_t size;
    if (drafts == NULL || !draft_form_is(key->form) || strlen(key->address) > DRAFT_ADDRESS_MAX) return false;
    AUTO(xfree) char *body = write_body(form, &size);
    if (body == NULL) return false;
    for (int shift = 56; shift >= 0; shift -= 8)
        html_literal(&row, (const char[]){(char)((uint64_t)now_s >> shift)}, 1);
    html_literal(&row, key->account, strlen(key->account) + 1);
    html_literal(&row, key->address, strlen(key->address) + 1);
    html_literal(&row, body, size);
    slice_t wanted = row_key(key, bytes);
    int rc = kv_begin(drafts->kv, true, &txn);
    if (rc == 0) rc = make_room(txn, wanted);
    if (rc == 0) rc = kv_put(txn, KV_AUX, wanted, slice((const uint8_t *)row.bytes, row.size));
    bool kept = finish(&txn, rc);
    html_free(&row);
    return kept;
}

void drafts_drop(drafts_t *drafts, const draft_key_t *key)
{
    uint8_t bytes[KEY];
    kv_txn_t *txn = NULL;
    slice_t row;
    if (drafts == NULL || !draft_form_is(key->form)) return;
    slice_t wanted = row_key(key, bytes);
    bool there = kv_begin(drafts->kv, false, &txn) == 0 && kv_get(txn, KV_AUX, wanted, &row) == 0;
    kv_abort(&txn);
    if (!there) return; // nothing is written for nothing
    int rc = kv_begin(drafts->kv, true, &txn);
    if (rc == 0) rc = kv_del(txn, KV_AUX, wanted);
    (void)finish(&txn, rc);
}

bool drafts_get(drafts_t *drafts, const draft_key_t *key, form_t *ret_form)
{
    uint8_t bytes[KEY];
    kv_txn_t *txn = NULL;
    slice_t row, body;
    const char *account, *address;
    *ret_form = (form_t){0};
    if (drafts == NULL || !draft_form_is(key->form)) return false;
    int rc = kv_begin(drafts->kv, false, &txn);
    if (rc == 0) rc = kv_get(txn, KV_AUX, row_key(key, bytes), &row);
    bool found = rc == 0 && read_row(row, &account, &address, &body) && strcmp(account, key->account) == 0 &&
                 strcmp(address, key->address) == 0 && form_parse(body, ret_form);
    kv_abort(&txn);
    return found;
}

// --- lists

static int newer_first(const void *a, const void *b)
{
    const draft_t *x = a, *y = b;
    return (x->saved_s < y->saved_s) - (x->saved_s > y->saved_s);
}

static bool take(slice_t key, slice_t row, const char *wanted, draft_t *ret)
{
    const char *account, *address;
    slice_t body;
    if (!read_row(row, &account, &address, &body) || strcmp(account, wanted) != 0) return false;
    hex_text(slice(key.data + OF_ADDRESS, FORM_BYTES), ret->form);
    ret->saved_s = stamp_of(row);
    return text_copy(ret->address, sizeof ret->address, address);
}

size_t drafts_list(drafts_t *drafts, const char *account, const char *address, draft_t *ret, size_t room)
{
    uint8_t bytes[KEY];
    kv_txn_t *txn = NULL;
    kv_cursor_t *cursor = NULL;
    slice_t key, row, from = row_key(&(draft_key_t){account, address, ""}, bytes);
    size_t n = 0;
    if (drafts == NULL || kv_begin(drafts->kv, false, &txn) != 0) return 0;
    int rc = kv_cursor(txn, KV_AUX, &cursor);
    if (rc == 0) rc = kv_seek(cursor, from, &key, &row);
    for (; rc == 0 && n < room && is_draft(key) && memcmp(key.data, from.data, from.size) == 0;
         rc = kv_next(cursor, &key, &row))
        n += take(key, row, account, &ret[n]);
    kv_close_cursor(&cursor);
    kv_abort(&txn);
    qsort(ret, n, sizeof *ret, newer_first);
    return n;
}

// One a call: it is asked for every some seconds, and the next time for the next one.
void drafts_expire(drafts_t *drafts, int64_t now_s)
{
    kv_txn_t *txn = NULL;
    kv_cursor_t *cursor = NULL;
    slice_t key, row;
    uint8_t old[KEY];
    bool found = false;
    if (drafts == NULL || kv_begin(drafts->kv, false, &txn) != 0) return;
    int rc = kv_cursor(txn, KV_AUX, &cursor);
    if (rc == 0) rc = kv_seek(cursor, slice_text("D"), &key, &row);
    for (; rc == 0 && !found && is_draft(key); rc = found ? 0 : kv_next(cursor, &key, &row)) {
        found = now_s - stamp_of(row) > DRAFT_LIFE_S;
        if (found) memcpy(old, key.data, KEY);
    }
    kv_close_cursor(&cursor);
    kv_abort(&txn);
    if (!found) return;
    rc = kv_begin(drafts->kv, true, &txn);
    if (rc == 0) rc = kv_del(txn, KV_AUX, slice(old, KEY));
    (void)finish(&txn, rc);
}

// --- names of forms

void draft_form_new(char ret_form[static DRAFT_FORM])
{
    uint8_t bytes[FORM_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    hex_text(slice(bytes, sizeof bytes), ret_form);
}

bool draft_form_is(const char *text)
{
    uint8_t bytes[FORM_BYTES];
    return text != NULL && strlen(text) == DRAFT_FORM - 1 &&
           hex_parse(slice_text(text), bytes, sizeof bytes) == sizeof bytes;
}

// --- life

static int load_secret(drafts_t *self)
{
    kv_txn_t *txn = NULL;
    slice_t kept;
    int rc = kv_begin(self->kv, true, &txn);
    if (rc != 0) return rc;
    rc = kv_get(txn, KV_AUX, slice_text("K"), &kept);
    if (rc == 0 && kept.size == SECRET) {
        memcpy(self->secret, kept.data, SECRET);
        kv_abort(&txn);
        return 0;
    }
    randombytes_buf(self->secret, SECRET);
    if (rc >= 0) rc = kv_put(txn, KV_AUX, slice_text("K"), slice(self->secret, SECRET));
    if (rc == 0) return kv_commit(&txn);
    kv_abort(&txn);
    return rc;
}

static int open_store(kv_t **ret_kv)
{
    const struct timespec pause = {.tv_nsec = 50000000L};
    (void)mkdir("store", 0700);
    int rc = kv_lmdb_open(DRAFTS_FOLDER, MAP, ret_kv);
    for (int i = 0; rc == -EBUSY && i < LOCK_TRIES; i++) {
        nanosleep(&pause, NULL);
        rc = kv_lmdb_open(DRAFTS_FOLDER, MAP, ret_kv);
    }
    return rc;
}

int drafts_open(drafts_t **ret_drafts, why_t *why)
{
    AUTO(drafts_close) drafts_t *self = xcalloc(1, sizeof *self);
    int rc = open_store(&self->kv);
    if (rc == -EUCLEAN) {
        log_at(L_ERROR, "DRAFTS-DAMAGED",
               _("%s is damaged and begins anew: what was typed and not saved is lost"), DRAFTS_FOLDER);
        (void)unlink(DRAFTS_FOLDER "/data.mdb");
        (void)unlink(DRAFTS_FOLDER "/lock.mdb");
        (void)unlink(DRAFTS_FOLDER "/" KV_LOCK_FILE);
        rc = open_store(&self->kv);
    }
    if (rc == 0) rc = load_secret(self);
    if (rc != 0) {
        why_set(why, DRAFTS_FOLDER ": %s", system_error(-rc));
        return -1;
    }
    *ret_drafts = self;
    self = NULL;
    return 0;
}

void drafts_close(drafts_t **drafts)
{
    drafts_t *self = *drafts;
    if (self == NULL) return;
    if (self->kv != NULL) kv_destroy(&self->kv);
    sodium_memzero(self->secret, sizeof self->secret);
    free(self);
    *drafts = NULL;
}

const uint8_t *drafts_secret(const drafts_t *drafts)
{
    return drafts->secret;
}
