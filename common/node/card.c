// SPDX-License-Identifier: Apache-2.0
//   "selenga-card1." base64url-without-padding of
//     32 key | 16 root check | 1 rank | 1 size, path | 1 size, org | 1 size, name | 8 of BLAKE2b-128 of all
//     before
#include "common/node/card.h"
#include "common/base/text.h"
#include <assert.h>
#include <ctype.h>
#include <sodium.h>

static const char PREFIX[] = "selenga-card1.";
enum { CHECKSUM = 8, VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };
enum { RAW_MAX = NODE_KEY_SIZE + ROOT_CHECK_SIZE + 4 + PATH_BYTES + NODE_ORG_MAX + NODE_NAME_MAX + CHECKSUM };
_Static_assert(sizeof PREFIX + sodium_base64_ENCODED_LEN(RAW_MAX, VARIANT) <= CARD_TEXT_MAX,
               "a card fits its text");
_Static_assert(NODE_NAME_MAX <= UINT8_MAX, "a name's size is one byte");

static void checksum(const uint8_t *data, size_t size, uint8_t ret_sum[static CHECKSUM])
{
    uint8_t sum[crypto_generichash_BYTES_MIN];
    crypto_generichash(sum, sizeof sum, data, size, NULL, 0);
    memcpy(ret_sum, sum, CHECKSUM);
}

static uint8_t *put(uint8_t *to, const void *data, size_t size)
{
    memcpy(to, data, size);
    return to + size;
}

static uint8_t *put_sized(uint8_t *to, const void *data, size_t size)
{
    *to = (uint8_t)size;
    return put(to + 1, data, size);
}

void card_text(const card_t *card, char ret_text[static CARD_TEXT_MAX])
{
    uint8_t raw[RAW_MAX];
    assert(card->org[0] != '\0');
    uint8_t *to = put(raw, card->key, NODE_KEY_SIZE);
    to = put(to, card->root_check, ROOT_CHECK_SIZE);
    *to++ = card->rank;
    to = put_sized(to, card->path.b, card->path.len);
    to = put_sized(to, card->org, strlen(card->org));
    to = put_sized(to, card->name, strlen(card->name));
    checksum(raw, (size_t)(to - raw), to);
    strcpy(ret_text, PREFIX);
    sodium_bin2base64(ret_text + sizeof PREFIX - 1, CARD_TEXT_MAX - sizeof PREFIX + 1, raw,
                      (size_t)(to - raw) + CHECKSUM, VARIANT);
}

static bool take(slice_t *from, void *to, size_t size)
{
    if (size > from->size) return false;
    memcpy(to, from->data, size);
    *from = slice(from->data + size, from->size - size);
    return true;
}

static bool take_sized(slice_t *from, size_t most, slice_t *ret)
{
    uint8_t size;
    if (!take(from, &size, 1) || size > most || size > from->size) return false;
    *ret = slice(from->data, size);
    *from = slice(from->data + size, from->size - size);
    return true;
}

static bool take_text(slice_t *from, char *to, size_t most)
{
    slice_t text;
    if (!take_sized(from, most, &text) || !text_is_clean(text)) return false;
    memcpy(to, text.data, text.size);
    to[text.size] = '\0';
    return true;
}

static bool read_raw(slice_t raw, card_t *card)
{
    uint8_t sum[CHECKSUM];
    slice_t path;
    if (raw.size < CHECKSUM) return false;
    raw.size -= CHECKSUM;
    checksum(raw.data, raw.size, sum);
    return memcmp(sum, raw.data + raw.size, CHECKSUM) == 0 && take(&raw, card->key, NODE_KEY_SIZE) &&
           take(&raw, card->root_check, ROOT_CHECK_SIZE) && take(&raw, &card->rank, 1) &&
           card->rank <= NODE_RANK_MAX && take_sized(&raw, PATH_BYTES, &path) &&
           path_from_bytes(path, &card->path) && card->path.len > 0 &&
           take_text(&raw, card->org, NODE_ORG_MAX) && node_is_org(card->org) &&
           take_text(&raw, card->name, NODE_NAME_MAX) && raw.size == 0;
}

bool card_parse(const char *text, card_t *ret_card)
{
    card_t card;
    uint8_t raw[RAW_MAX];
    size_t raw_size = 0;
    const char *end = NULL;
    while (isspace((unsigned char)*text)) text++;
    size_t size = strlen(text);
    while (size > 0 && isspace((unsigned char)text[size - 1])) size--;
    if (size < sizeof PREFIX || size >= CARD_TEXT_MAX || strncmp(text, PREFIX, sizeof PREFIX - 1) != 0)
        return false;
    if (sodium_base642bin(raw, sizeof raw, text + sizeof PREFIX - 1, size - (sizeof PREFIX - 1), NULL,
                          &raw_size, &end, VARIANT) != 0 ||
        end != text + size || !read_raw(slice(raw, raw_size), &card))
        return false;
    *ret_card = card;
    return true;
}
