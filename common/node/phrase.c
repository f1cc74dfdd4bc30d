// SPDX-License-Identifier: Apache-2.0
// Words from a person's paper. Everything is compared as folded letters: small ones, е for ё.
#include "common/node/phrase.h"
#include "common/base/i18n.h"
#include "common/base/text.h"
#include <sodium.h>

enum {
    LETTERS = 24, // of a word; a longer one is in no list
    BYTES = 2 * LETTERS,
    BREVE = 0x306,
    DIAERESIS = 0x308,
    NEAR = 3, // slips: a letter lost, added, changed, or two swapped
};

typedef struct word {
    uint16_t letters[LETTERS];
    size_t n; // LETTERS: perhaps more
} word_t;

static const char *const *const LISTS[] = {PHRASE_ENGLISH_WORDS, PHRASE_RUSSIAN_WORDS};

static void checksum(const uint8_t *secret, uint8_t ret_check[static PHRASE_CHECK])
{
    static const char name[] = "selenga phrase";
    uint8_t sum[crypto_generichash_BYTES];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof sum);
    crypto_generichash_update(&state, (const uint8_t *)name, sizeof name - 1);
    crypto_generichash_update(&state, secret, PHRASE_SECRET);
    crypto_generichash_final(&state, sum, sizeof sum);
    memcpy(ret_check, sum, PHRASE_CHECK);
    sodium_memzero(&state, sizeof state);
}

void phrase_print(const uint8_t secret[static PHRASE_SECRET], const char *language,
                  char ret_text[static PHRASE_TEXT])
{
    const char *const *list = LISTS[strcmp(language, "ru") == 0];
    uint8_t bytes[PHRASE_WORDS];
    char *to = ret_text;
    memcpy(bytes, secret, PHRASE_SECRET);
    checksum(secret, bytes + PHRASE_SECRET);
    for (size_t i = 0; i < PHRASE_WORDS; i++) {
        if (i > 0) *to++ = ' ';
        to = stpcpy(to, list[bytes[i]]);
    }
    sodium_memzero(bytes, sizeof bytes);
}

// --- letters

// A letter of either alphabet, folded; 0 for anything else.
static uint16_t fold(uint32_t c)
{
    if (c >= 'A' && c <= 'Z') return (uint16_t)(c + 'a' - 'A');
    if (c >= 'a' && c <= 'z') return (uint16_t)c;
    if (c >= 0x410 && c <= 0x42f) return (uint16_t)(c + 0x20);
    if (c == 0x401 || c == 0x451) return 0x435; // ё
    return c >= 0x430 && c <= 0x44f ? (uint16_t)c : 0;
}

// The character at the front of a valid UTF-8 text, which is taken off.
static uint32_t take_character(slice_t *text)
{
    size_t n = utf8_length(*text);
    uint32_t c = n > 1 ? text->data[0] & (0x7fU >> n) : text->data[0];
    for (size_t i = 1; i < n; i++) c = c << 6 | (text->data[i] & 0x3f);
    *text = slice(text->data + n, text->size - n);
    return c;
}

// Some systems write й and ё as two characters: the second changes the letter before it.
static bool is_mark(word_t *word, uint32_t c)
{
    if (word->n == 0 || word->n == LETTERS) return false;
    uint16_t *last = &word->letters[word->n - 1];
    if (c == BREVE && *last == 0x438) *last = 0x439;
    return (c == BREVE && *last == 0x439) || (c == DIAERESIS && *last == 0x435);
}

// The next word of the text; false at its end.
static bool take_word(slice_t *text, word_t *ret_word)
{
    *ret_word = (word_t){.n = 0};
    while (text->size > 0) {
        uint32_t c = take_character(text);
        uint16_t letter = fold(c);
        if (letter != 0 && ret_word->n < LETTERS) ret_word->letters[ret_word->n++] = letter;
        if (letter == 0 && !is_mark(ret_word, c) && ret_word->n > 0) return true;
    }
    return ret_word->n > 0;
}

static word_t word_of(const char *text)
{
    slice_t rest = slice_text(text);
    word_t word;
    take_word(&rest, &word);
    return word;
}

static const char *text_of(const word_t *word, char ret_text[static BYTES + 1])
{
    char *to = ret_text;
    for (size_t i = 0; i < word->n; i++) {
        uint16_t c = word->letters[i];
        if (c >= 0x80) *to++ = (char)(0xc0 | c >> 6);
        *to++ = (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
    }
    *to = '\0';
    return ret_text;
}

// --- the lists

static bool same(const word_t *a, const word_t *b)
{
    return a->n == b->n && memcmp(a->letters, b->letters, a->n * sizeof a->letters[0]) == 0;
}

static bool find(const word_t *word, uint8_t *ret_byte)
{
    for (size_t l = 0; l < ARRAY_SIZE(LISTS); l++)
        for (size_t i = 0; i < PHRASE_LIST; i++) {
            word_t listed = word_of(LISTS[l][i]);
            if (!same(word, &listed)) continue;
            *ret_byte = (uint8_t)i;
            return true;
        }
    return false;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

// How many slips lie between two words.
static size_t distance(const word_t *a, const word_t *b)
{
    size_t rows[LETTERS + 1][LETTERS + 1];
    for (size_t i = 0; i <= a->n; i++) {
        rows[i][0] = i;
        for (size_t j = 1; j <= b->n; j++) {
            if (i == 0) {
                rows[0][j] = j;
                continue;
            }
            size_t changed = rows[i - 1][j - 1] + (a->letters[i - 1] != b->letters[j - 1]);
            rows[i][j] = least(changed, least(rows[i - 1][j], rows[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a->letters[i - 1] == b->letters[j - 2] &&
                a->letters[i - 2] == b->letters[j - 1])
                rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    }
    return rows[a->n][b->n];
}

// The listed word that was most likely meant, or NULL.
static const char *nearest(const word_t *word)
{
    const char *best = NULL;
    size_t slips = NEAR + 1;
    for (size_t l = 0; l < ARRAY_SIZE(LISTS); l++)
        for (size_t i = 0; i < PHRASE_LIST; i++) {
            word_t listed = word_of(LISTS[l][i]);
            size_t d = distance(word, &listed);
            if (d >= slips || d >= listed.n) continue;
            slips = d;
            best = LISTS[l][i];
        }
    return best;
}

// --- reading

static int refuse_word(const word_t *word, size_t n, why_t *why)
{
    char text[BYTES + 1];
    const char *meant = nearest(word);
    text_of(word, text);
    if (meant != NULL)
        why_set(why, _("word %zu of the phrase, `%s`, is in neither list; was `%s` meant?"), n, text, meant);
    else
        why_set(why, _("word %zu of the phrase, `%s`, is in neither list"), n, text);
    return PHRASE_E_WORD;
}

static int read_words(slice_t text, uint8_t ret_bytes[static PHRASE_WORDS], why_t *why)
{
    word_t word;
    uint8_t byte;
    size_t n = 0;
    for (; take_word(&text, &word); n++) {
        if (!find(&word, &byte)) return refuse_word(&word, n + 1, why);
        if (n < PHRASE_WORDS) ret_bytes[n] = byte;
    }
    sodium_memzero(&word, sizeof word);
    if (n == PHRASE_WORDS) return 0;
    why_set(why,
            i18n_n("a recovery phrase has %d words, here there is %zu",
                   "a recovery phrase has %d words, here there are %zu", n),
            PHRASE_WORDS, n);
    return PHRASE_E_COUNT;
}

int phrase_read(slice_t text, uint8_t ret_secret[static PHRASE_SECRET], why_t *why)
{
    uint8_t bytes[PHRASE_WORDS], check[PHRASE_CHECK];
    if (text.size > PHRASE_INPUT || !utf8_is_valid(text)) {
        why_set(why, _("this is not a recovery phrase: it is too long, or not text in UTF-8"));
        return PHRASE_E_TEXT;
    }
    int r = read_words(text, bytes, why);
    if (r == 0) {
        checksum(bytes, check);
        if (sodium_memcmp(check, bytes + PHRASE_SECRET, PHRASE_CHECK) == 0) {
            memcpy(ret_secret, bytes, PHRASE_SECRET);
        } else {
            why_set(why,
                    _("the words are all in the list but do not belong together: one is another word, or two "
                      "have changed places; compare them with the paper"));
            r = PHRASE_E_CHECK;
        }
    }
    sodium_memzero(bytes, sizeof bytes);
    return r;
}
