// SPDX-License-Identifier: Apache-2.0
#include "services/registry/password.h"
#include <errno.h>
#include <sodium.h>
#include <string.h>

enum { PASSES = 3, MEMORY = 16 << 20 };

_Static_assert(PASSWORD_HASH == crypto_pwhash_argon2id_STRBYTES, "room for a hash");

// Its cost is that of every other: a test compares them.
const char PASSWORD_NOBODY[] = "$argon2id$v=19$m=16384,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                               "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

int password_hash(const char *password, char ret[static PASSWORD_HASH])
{
    int rc = crypto_pwhash_argon2id_str(ret, password, strlen(password), PASSES, MEMORY);
    return rc == 0 ? 0 : -ENOMEM;
}

bool password_fits(const char *hash, const char *password)
{
    const char *with = hash != NULL ? hash : PASSWORD_NOBODY;
    bool fits = crypto_pwhash_argon2id_str_verify(with, password, strlen(password)) == 0;
    return hash != NULL && fits;
}

bool password_is_current(const char *hash)
{
    return crypto_pwhash_argon2id_str_needs_rehash(hash, PASSES, MEMORY) == 0;
}
