// SPDX-License-Identifier: Apache-2.0
// What an operator types in as an invitation.
#include "common/token.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(xfree) char *text = fuzz_text(slice(data, size));
    token_t token, again;
    char out[TOKEN_TEXT_MAX];
    int rc = token_parse(text, &token);
    if (rc != 0) {
        assert(token_fault(rc)[0] != '\0');
        return 0;
    }
    token_text(&token, out);
    assert(token_parse(out, &again) == 0);
    assert(strcmp(token.endpoint, again.endpoint) == 0 && strcmp(token.org, again.org) == 0);
    assert(memcmp(token.secret, again.secret, sizeof token.secret) == 0);
    assert(memcmp(token.hub_key, again.hub_key, sizeof token.hub_key) == 0);
    assert(token.expires_s == again.expires_s);
    return 0;
}
