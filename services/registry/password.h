// SPDX-License-Identifier: Apache-2.0
// Passwords: hashed (Argon2id, 16 MiB, 3 passes: what an old school PC can spare), compared.
#pragma once
#include <stdbool.h>

enum {
    PASSWORD_LEAST = 8,  // characters that people choose at least
    PASSWORD_MOST = 128, // bytes of any
    PASSWORD_HASH = 128, // room for a hash with its end
};

// 0 or -ENOMEM.
int password_hash(const char *password, char ret[static PASSWORD_HASH]);
// hash NULL: of nobody; then it is as much work, and false.
bool password_fits(const char *hash, const char *password);
// Is the hash made with as much work as password_hash would take now?
bool password_is_current(const char *hash);
// What a hash of nobody looks like.
extern const char PASSWORD_NOBODY[];
