// SPDX-License-Identifier: Apache-2.0
// An invitation as one line of text.
//
//   "selenga1." base64url-without-padding of
//     32 hub key | 32 secret | 1 flags | 1 rank | 1 hub's rank | 5 expires, big-endian | 1 size, org |
//     1 size, endpoint | 8 checksum
//
// Flags: 0x80 always, 0x01 to replace a node; others are of a later version.
//
// The checksum (first 8 bytes of BLAKE2b-128 of all before it) finds typing errors; it proves nothing, the
// key does.
#include "common/node/token.h"
#include "common/base/i18n.h"
#include "common/base/text.h"
#include "common/node/node.h"
#include <assert.h>
#include <ctype.h>
#include <sodium.h>

static const char PREFIX[] = "selenga1.";
static const char NAME[] = "selenga";
enum {
    CHECKSUM = 8,
    EXPIRES = 8, // with flags and ranks in its first bytes
    FLAG_RANKS = 0x80,
    FLAG_REPLACE = 0x01,
    RAW_MAX = 2 * TOKEN_KEY_SIZE + EXPIRES + 2 + TOKEN_ORG_MAX + TOKEN_ENDPOINT_MAX + CHECKSUM
};
enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };
_Static_assert(sizeof PREFIX + sodium_base64_ENCODED_LEN(RAW_MAX, VARIANT) <= TOKEN_TEXT_MAX,
               "a token fits its text");

static void checksum(uint8_t ret_sum[static CHECKSUM], const uint8_t *data, size_t size)
{
    // libsodium's own minimum is 16 bytes; the first half of those serves as well.
    uint8_t sum[crypto_generichash_BYTES_MIN];
    crypto_generichash(sum, sizeof sum, data, size, NULL, 0);
    memcpy(ret_sum, sum, CHECKSUM);
}

static size_t put(uint8_t *to, size_t at, const void *data, size_t size)
{
    memcpy(to + at, data, size);
    return at + size;
}

static size_t put_text(uint8_t *to, size_t at, const char *text)
{
    size_t size = strlen(text);
    assert(size > 0 && size <= 255);
    to[at] = (uint8_t)size;
    return put(to, at + 1, text, size);
}

static void put_terms(const token_t *token, uint8_t to[static EXPIRES])
{
    be64_store(to, (uint64_t)token->expires_s);
    to[0] = token->replace ? FLAG_RANKS | FLAG_REPLACE : FLAG_RANKS;
    to[1] = token->rank;
    to[2] = token->hub_rank;
}

void token_text(const token_t *token, char ret_text[static TOKEN_TEXT_MAX])
{
    uint8_t raw[RAW_MAX];
    size_t at = put(raw, 0, token->hub_key, TOKEN_KEY_SIZE);
    at = put(raw, at, token->secret, TOKEN_KEY_SIZE);
    put_terms(token, raw + at);
    at = put_text(raw, at + EXPIRES, token->org);
    at = put_text(raw, at, token->endpoint);
    checksum(raw + at, raw, at);
    at += CHECKSUM;
    strcpy(ret_text, PREFIX);
    sodium_bin2base64(ret_text + sizeof PREFIX - 1, TOKEN_TEXT_MAX - sizeof PREFIX + 1, raw, at, VARIANT);
    sodium_memzero(raw, sizeof raw);
}

static bool take(slice_t *from, void *to, size_t size)
{
    if (size > from->size) return false;
    memcpy(to, from->data, size);
    *from = slice(from->data + size, from->size - size);
    return true;
}

static bool take_text(slice_t *from, char *to, size_t max)
{
    uint8_t size;
    if (!take(from, &size, 1) || size == 0 || size > max || !take(from, to, size)) return false;
    to[size] = '\0';
    return memchr(to, ' ', size) == NULL && text_is_clean(slice(to, size));
}

static int read_terms(const uint8_t from[static EXPIRES], token_t *token)
{
    uint8_t expires[EXPIRES] = {0};
    if ((from[0] & FLAG_RANKS) == 0 || (from[0] & ~(FLAG_RANKS | FLAG_REPLACE)) != 0) return TOKEN_E_VERSION;
    if (from[1] > TOKEN_RANK_MAX || from[2] > TOKEN_RANK_MAX) return TOKEN_E_DAMAGED;
    token->replace = (from[0] & FLAG_REPLACE) != 0;
    token->rank = from[1];
    token->hub_rank = from[2];
    memcpy(expires + 3, from + 3, EXPIRES - 3);
    token->expires_s = (int64_t)be64_load(expires);
    return 0;
}

static int read_raw(slice_t raw, token_t *ret_token)
{
    if (raw.size < CHECKSUM) return TOKEN_E_DAMAGED;
    uint8_t sum[CHECKSUM], terms[EXPIRES];
    raw.size -= CHECKSUM;
    checksum(sum, raw.data, raw.size);
    if (memcmp(sum, raw.data + raw.size, CHECKSUM) != 0) return TOKEN_E_DAMAGED;
    token_t token;
    if (!take(&raw, token.hub_key, TOKEN_KEY_SIZE) || !take(&raw, token.secret, TOKEN_KEY_SIZE) ||
        !take(&raw, terms, EXPIRES) || !take_text(&raw, token.org, TOKEN_ORG_MAX) ||
        !take_text(&raw, token.endpoint, TOKEN_ENDPOINT_MAX) || !node_is_endpoint(token.endpoint, false) ||
        raw.size)
        return TOKEN_E_DAMAGED;
    int r = read_terms(terms, &token);
    if (r == 0) *ret_token = token;
    sodium_memzero(&token, sizeof token);
    return r;
}

int token_parse(const char *text, token_t *ret_token)
{
    while (isspace((unsigned char)*text)) text++;
    size_t size = strlen(text);
    while (size && isspace((unsigned char)text[size - 1])) size--;
    if (size < sizeof PREFIX - 1 || strncmp(text, NAME, sizeof NAME - 1) != 0) return TOKEN_E_FORM;
    if (strncmp(text, PREFIX, sizeof PREFIX - 1) != 0)
        return memchr(text, '.', size) ? TOKEN_E_VERSION : TOKEN_E_FORM;
    if (size >= TOKEN_TEXT_MAX) return TOKEN_E_DAMAGED;
    uint8_t raw[RAW_MAX];
    size_t raw_size = 0;
    const char *end = NULL;
    int bad = sodium_base642bin(raw, sizeof raw, text + sizeof PREFIX - 1, size - (sizeof PREFIX - 1), NULL,
                                &raw_size, &end, VARIANT);
    if (bad || end != text + size) return TOKEN_E_DAMAGED;
    int r = read_raw(slice(raw, raw_size), ret_token);
    sodium_memzero(raw, sizeof raw);
    return r;
}

const char *token_fault(int outcome)
{
    switch (outcome) {
    case TOKEN_E_FORM:
        return _("this is not an invitation; one begins with `selenga1.`");
    case TOKEN_E_VERSION:
        return _("this invitation is of another version of Selenga");
    case TOKEN_E_DAMAGED:
        return _("the invitation is damaged; copy the whole line again");
    default:
        return "";
    }
}
