// SPDX-License-Identifier: Apache-2.0
#include "services/console/session.h"
#include "common/base/clock.h"
#include "common/schema/ids.h"
#include <sodium.h>

enum { ID_BYTES = 32, TOKEN_OPEN = 16 };

static void random_id(char ret[static SESSION_ID])
{
    uint8_t bytes[ID_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    hex_text(slice(bytes, sizeof bytes), ret);
    sodium_memzero(bytes, sizeof bytes);
}

static void hash_of(const char *id, uint8_t ret[static 32])
{
    crypto_generichash(ret, 32, (const uint8_t *)id, strlen(id), NULL, 0);
}

void sessions_init(sessions_t *self, const uint8_t *key)
{
    *self = (sessions_t){0};
    if (key != NULL)
        memcpy(self->key, key, sizeof self->key);
    else
        randombytes_buf(self->key, sizeof self->key);
}

// --- tokens: seconds of the wall clock, 8 random bytes, and a keyed hash of these and the account

static void sign(const sessions_t *self, const char *account, uint8_t token[static ID_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, self->key, sizeof self->key, ID_BYTES - TOKEN_OPEN);
    crypto_generichash_update(&state, token, TOKEN_OPEN);
    crypto_generichash_update(&state, (const uint8_t *)account, strlen(account));
    crypto_generichash_final(&state, token + TOKEN_OPEN, ID_BYTES - TOKEN_OPEN);
}

static void new_token(const sessions_t *self, const char *account, char ret[static SESSION_ID])
{
    uint8_t token[ID_BYTES];
    uint64_t now_s = (uint64_t)wall_s();
    randombytes_buf(token, sizeof token);
    for (size_t i = 0; i < 8; i++) token[i] = (uint8_t)(now_s >> (56 - 8 * i));
    sign(self, account, token);
    hex_text(slice(token, sizeof token), ret);
}

bool session_token_of(const sessions_t *self, const char *account, const char *shown, int64_t now_s)
{
    uint8_t token[ID_BYTES], mine[ID_BYTES];
    int64_t made_s = 0;
    if (shown == NULL || strlen(shown) != SESSION_ID - 1 ||
        hex_parse(slice_text(shown), token, sizeof token) != (int)sizeof token)
        return false;
    memcpy(mine, token, sizeof mine);
    sign(self, account, mine);
    if (sodium_memcmp(mine, token, sizeof token) != 0) return false;
    for (size_t i = 0; i < 8; i++) made_s = made_s << 8 | token[i];
    return now_s - made_s <= SESSION_LIFE_MS / 1000;
}

static bool is_over(const session_t *session, uint64_t now_ms)
{
    return !session->open || now_ms - session->used_ms >= SESSION_IDLE_MS ||
           now_ms - session->born_ms >= SESSION_LIFE_MS;
}

session_t *session_open(sessions_t *self, const account_t *account, uint64_t now_ms,
                        char ret_id[static SESSION_ID])
{
    session_t *place = &self->items[0];
    for (size_t i = 0; i < SESSIONS_MAX && !is_over(place, now_ms); i++)
        if (is_over(&self->items[i], now_ms) || self->items[i].used_ms < place->used_ms)
            place = &self->items[i];
    *place = (session_t){.account = *account, .born_ms = now_ms, .used_ms = now_ms, .open = true};
    random_id(ret_id);
    new_token(self, account->name, place->token);
    hash_of(ret_id, place->hash);
    return place;
}

session_t *session_find(sessions_t *self, const char *id, uint64_t now_ms)
{
    uint8_t hash[32];
    hash_of(id, hash);
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        session_t *one = &self->items[i];
        if (!one->open || sodium_memcmp(one->hash, hash, sizeof hash) != 0) continue;
        if (is_over(one, now_ms)) {
            session_close(one);
            return NULL;
        }
        one->used_ms = now_ms;
        return one;
    }
    return NULL;
}

void session_close(session_t *session)
{
    sodium_memzero(session, sizeof *session);
}

bool session_token_fits(const char *token, const char *shown)
{
    return token != NULL && shown != NULL && strlen(token) == SESSION_ID - 1 &&
           strlen(shown) == SESSION_ID - 1 && sodium_memcmp(token, shown, SESSION_ID - 1) == 0;
}

void session_guest(char ret_id[static SESSION_ID])
{
    random_id(ret_id);
}

void session_guest_token(const sessions_t *self, const char *id, char ret_token[static SESSION_ID])
{
    uint8_t token[32];
    crypto_generichash(token, sizeof token, (const uint8_t *)id, strlen(id), self->key, sizeof self->key);
    hex_text(slice(token, sizeof token), ret_token);
}
