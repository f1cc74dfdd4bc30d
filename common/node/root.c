// SPDX-License-Identifier: Apache-2.0
// A node's root secret and what derives from it.
#include "common/node/root.h"
#include "proto/message.h"
#include <assert.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "common/base/i18n.h"

static const char ROOT_KEY[] = "secret/root.key";
static const char CONTEXT[crypto_kdf_CONTEXTBYTES + 1] = "selenga1";
_Static_assert(ROOT_SIZE == crypto_kdf_KEYBYTES && NODE_KEY_SIZE == 32,
               "a root secret is a key of crypto_kdf");

void root_make(uint8_t ret_root[static ROOT_SIZE])
{
    randombytes_buf(ret_root, ROOT_SIZE);
}

void root_derive(const uint8_t root[static ROOT_SIZE], root_use_t use, uint8_t ret_key[static 32])
{
    crypto_kdf_derive_from_key(ret_key, 32, use, CONTEXT, root);
}

// The first of the derived bytes' eight numbers that can be a label; that none can is not to be lived to see.
uint32_t root_label(const uint8_t root[static ROOT_SIZE])
{
    uint8_t key[32];
    uint32_t label = 0;
    root_derive(root, ROOT_LABEL, key);
    for (size_t at = 0; at < sizeof key && (label < PEER_LABEL_MIN || label == PEER_PARENT); at += PATH_LABEL)
        label = be32_load(key + at);
    assert(label >= PEER_LABEL_MIN && label != PEER_PARENT);
    return label;
}

void root_keys(const uint8_t root[static ROOT_SIZE], node_keys_t *ret_keys)
{
    uint8_t secret[NODE_KEY_SIZE];
    root_derive(root, ROOT_PAIR, secret);
    node_keys_of_secret(secret, ret_keys);
    sodium_memzero(secret, sizeof secret);
}

void root_check(const uint8_t root[static ROOT_SIZE], uint8_t ret_check[static ROOT_CHECK_SIZE])
{
    uint8_t key[32];
    root_derive(root, ROOT_CHECK, key);
    memcpy(ret_check, key, ROOT_CHECK_SIZE);
    sodium_memzero(key, sizeof key);
}

int root_load(const char *dir, uint8_t ret_root[static ROOT_SIZE], why_t *why)
{
    return node_secret_load(dir, ROOT_KEY, ret_root, ROOT_SIZE, why);
}

int root_save(const char *dir, const uint8_t root[static ROOT_SIZE], why_t *why)
{
    return node_secret_save(dir, ROOT_KEY, slice(root, ROOT_SIZE), why);
}

// The pair in door.key was made of a root secret. Another one would silently be another seal and phrase.
int root_check_lost(const char *dir, why_t *why)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/secret/door.key", dir);
    if (n < 0 || (size_t)n >= sizeof path || access(path, F_OK) != 0) return 0;
    why_set(why,
            _("%s/secret/root.key is lost; put it back from a backup, or let the node be replaced, with its "
              "recovery phrase if there is one: selenga node join --help"),
            dir);
    return NODE_E_REFUSED;
}

int root_ensure(const char *dir, bool *ret_made, why_t *why)
{
    uint8_t root[ROOT_SIZE];
    int r = root_load(dir, root, why);
    bool made = r == NODE_E_ABSENT && root_check_lost(dir, why) == 0;
    if (made) {
        root_make(root);
        r = root_save(dir, root, why) != 0 ? NODE_E_REFUSED : 0;
    }
    sodium_memzero(root, sizeof root);
    if (ret_made != NULL) *ret_made = made && r == 0;
    return r == NODE_E_ABSENT ? NODE_E_REFUSED : r;
}

int node_seal_key(const char *dir, uint8_t ret_key[static 32], why_t *why)
{
    uint8_t root[ROOT_SIZE];
    int r = root_load(dir, root, why);
    if (r == 0) root_derive(root, ROOT_SEAL, ret_key);
    sodium_memzero(root, sizeof root);
    return r;
}
