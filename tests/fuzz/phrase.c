// SPDX-License-Identifier: Apache-2.0
// What a person types as a recovery phrase or a node's card. What is read is printed and read again.
#include "common/node/phrase.h"
#include "common/base/text.h"
#include "common/node/card.h"
#include "tests/fuzz/fuzz.h"

static void phrase(slice_t in)
{
    static const char *const languages[] = {"ru", "en"};
    uint8_t secret[PHRASE_SECRET], again[PHRASE_SECRET];
    char text[PHRASE_TEXT];
    why_t why = {""};
    int rc = phrase_read(in, secret, &why);
    assert(text_is_clean(slice_text(why.text)));
    if (rc != 0) return;
    for (size_t i = 0; i < ARRAY_SIZE(languages); i++) {
        phrase_print(secret, languages[i], text);
        assert(phrase_read(slice_text(text), again, &why) == 0 && memcmp(secret, again, sizeof again) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    slice_t in = slice(data, size);
    AUTO(xfree) char *text = fuzz_text(in);
    char out[CARD_TEXT_MAX];
    card_t card, again;
    phrase(in);
    if (!card_parse(text, &card)) return 0;
    card_text(&card, out);
    assert(card_parse(out, &again) && path_equal(&card.path, &again.path) &&
           strcmp(card.org, again.org) == 0);
    assert(text_is_clean(slice_text(again.name)));
    return 0;
}
