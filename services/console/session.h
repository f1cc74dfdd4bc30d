// SPDX-License-Identifier: Apache-2.0
// Who is logged in. A session lives in memory alone: whoever starts the console anew logs in anew. The
// browser has 256 random bits as a cookie, we their hash. Times are given, so that tests need not wait.
#pragma once
#include "common/base/util.h"
#include "proto/kind.h"

enum {
    SESSION_ID = 65, // hex of 32 bytes with its end
    SESSIONS_MAX = 64,
    SESSION_IDLE_MS = 20 * 60 * 1000,
    SESSION_LIFE_MS = 12 * 60 * 60 * 1000,
    SESSION_KEY = 32,
};

typedef struct account {
    char name[CODE_MAX + 1];
    char org[CODE_MAX + 1];
    char person[REF_MAX + 1]; // "": not on a staff list
    unsigned role;            // one R_
} account_t;

typedef struct session {
    uint8_t hash[32];
    char token[SESSION_ID]; // what forms of this session show
    account_t account;
    uint64_t born_ms, used_ms;
    bool open;
} session_t;

typedef struct sessions {
    session_t items[SESSIONS_MAX];
    uint8_t key[SESSION_KEY]; // of tokens
} sessions_t;

// key: SESSION_KEY secret bytes, the same ones after a restart; NULL: new ones.
void sessions_init(sessions_t *self, const uint8_t *key);
// A new one, with an id that nobody has seen; where there is no room, the one that was used longest ago ends.
session_t *session_open(sessions_t *self, const account_t *account, uint64_t now_ms,
                        char ret_id[static SESSION_ID]);
// The session of this id, which counts as used now; NULL: there is none, or its time is over.
session_t *session_find(sessions_t *self, const char *id, uint64_t now_ms);
void session_close(session_t *session);
bool session_token_fits(const char *token, const char *shown);
// Was this token made for a session of that account, which may be over by now? So a form that was open
// meanwhile is known as his own when he logs in again. now_s: of the wall clock, as sessions live no longer
// than SESSION_LIFE_MS.
bool session_token_of(const sessions_t *self, const char *account, const char *shown, int64_t now_s);

// Of a log-in form: a random id for a cookie, and the token that belongs to it. Nothing is kept.
void session_guest(char ret_id[static SESSION_ID]);
void session_guest_token(const sessions_t *self, const char *id, char ret_token[static SESSION_ID]);
