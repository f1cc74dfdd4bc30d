// SPDX-License-Identifier: Apache-2.0
// What an operator types in as an invitation. A text as it is; or, behind a NUL, what a text holds before its
// checksum, so that the checks behind that are reached.
#include "common/node/token.h"
#include "common/base/text.h"
#include "tests/fuzz/fuzz.h"
#include <sodium.h>

enum { CHECKSUM = 8, VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

// As common/node/token.c describes it; the caller frees.
static char *seal(slice_t content)
{
    static const char prefix[] = "selenga1.";
    uint8_t sum[crypto_generichash_BYTES_MIN];
    AUTO(xfree) uint8_t *raw = xmalloc(content.size + CHECKSUM);
    crypto_generichash(sum, sizeof sum, content.data, content.size, NULL, 0);
    if (content.size > 0) memcpy(raw, content.data, content.size);
    memcpy(raw + content.size, sum, CHECKSUM);
    size_t room = sodium_base64_encoded_len(content.size + CHECKSUM, VARIANT);
    char *text = xmalloc(sizeof prefix + room);
    strcpy(text, prefix);
    sodium_bin2base64(text + sizeof prefix - 1, room, raw, content.size + CHECKSUM, VARIANT);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    slice_t in = slice(data, size);
    bool content = size > 0 && data[0] == '\0';
    AUTO(xfree) char *text = content ? seal(slice(data + 1, size - 1)) : fuzz_text(in);
    token_t token, again;
    char out[TOKEN_TEXT_MAX];
    int rc = token_parse(text, &token);
    if (rc != 0) {
        assert(token_fault(rc)[0] != '\0');
        return 0;
    }
    assert(text_is_clean(slice_text(token.endpoint)) && text_is_clean(slice_text(token.org)));
    token_text(&token, out);
    assert(token_parse(out, &again) == 0);
    assert(strcmp(token.endpoint, again.endpoint) == 0 && strcmp(token.org, again.org) == 0);
    assert(memcmp(token.secret, again.secret, sizeof token.secret) == 0);
    assert(memcmp(token.hub_key, again.hub_key, sizeof token.hub_key) == 0);
    assert(token.expires_s == again.expires_s && token.replace == again.replace);
    assert(token.rank == again.rank && token.hub_rank == again.hub_rank);
    return 0;
}
