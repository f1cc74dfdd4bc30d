// SPDX-License-Identifier: Apache-2.0
// See charset.h. One pass counts, a second one converts where it must.
#include "common/forms/charset.h"
#include "common/base/text.h"
#include "common/forms/charset_score.h"
#include <errno.h>
#include <iconv.h>

enum {
    BLOCK = 16 * 1024,
    CHARACTER = 4,
    NUL_SHARE = 32,     // UTF-16 without a mark: at least one character of so many has a zero byte
    DOUBLED_MIN = 4,    // characters that look like halves of others
    DOUBLED_SHARE = 40, // percent of Cyrillic letters that are Р or С: in Russian text about five
};

typedef struct census {
    uint64_t size, good, bad;        // bytes; characters of several bytes; bytes that belong to none
    uint64_t nul[2];                 // zero bytes at even and odd places
    uint64_t latin, cyrillic, er_es; // U+0080 to U+00FF; U+0400 to U+045F; Р and С
    bool lost;                       // U+FFFD
    uint8_t last;
    charset_pairs_t pairs;
} census_t;

static int fail(fault_t *ret_fault, const char *code, const char *arg)
{
    fault_set(ret_fault, code, NULL, arg);
    return CHARSET_E_FAULT;
}

static int go_to(FILE *in, off_t at)
{
    return fseeko(in, at, SEEK_SET) == 0 ? 0 : -errno;
}

// --- counting ------------------------------------------------------------------------------------

static void count_character(const uint8_t *c, size_t length, census_t *census)
{
    census->good++;
    if (length == 2 && c[0] < 0xc4) census->latin++;
    if (length == 2 && (c[0] == 0xd0 || c[0] == 0xd1)) {
        census->cyrillic++;
        census->er_es += c[0] == 0xd0 && (c[1] == 0xa0 || c[1] == 0xa1);
    }
    if (length == 3 && c[0] == 0xef && c[1] == 0xbf && c[2] == 0xbd) census->lost = true;
}

// Returns how many bytes at the end may be the beginning of a character.
static size_t count_some(const uint8_t *bytes, size_t n, bool last, census_t *census)
{
    size_t i = 0;
    while (i < n) {
        if (bytes[i] < 0x80) {
            if (bytes[i] == 0) census->nul[(census->size + i) & 1]++;
            i++;
            continue;
        }
        size_t length = utf8_length(slice(bytes + i, n - i));
        if (length == 0 && !last && n - i < CHARACTER) break;
        if (length > 1) count_character(bytes + i, length, census);
        census->bad += length == 0;
        i += length > 0 ? length : 1;
    }
    charset_count(&census->pairs, bytes, i, &census->last);
    census->size += i;
    return n - i;
}

static int take_census(FILE *in, census_t *census)
{
    uint8_t buf[BLOCK];
    size_t kept = 0, got;
    census->last = '\n';
    do {
        got = fread(buf + kept, 1, sizeof buf - kept, in);
        size_t n = kept + got;
        kept = count_some(buf, n, got == 0, census);
        memmove(buf, buf + n - kept, kept);
    } while (got > 0);
    return ferror(in) ? -EIO : 0;
}

// --- converting ----------------------------------------------------------------------------------

typedef struct step {
    const char *from, *to;
} step_t;

// C1 controls stand for the bytes that windows code pages leave free.
static size_t convert_free(iconv_t convert, char **from, size_t *left, char **to, size_t *room)
{
    const uint8_t *c = (const uint8_t *)*from;
    (void)convert;
    if (*left < 2 || c[0] != 0xc2 || c[1] >= 0xa0 || *room == 0) return (size_t)-1;
    *(*to)++ = (char)c[1];
    (*room)--;
    *from += 2;
    *left -= 2;
    return 0;
}

// As much of the block as can be converted. Returns the bytes left over, or -1.
static ssize_t convert_block(iconv_t convert, char *block, size_t n, FILE *out)
{
    char text[BLOCK * CHARACTER];
    char *from = block;
    size_t left = n;
    while (left > 0) {
        char *to = text;
        size_t room = sizeof text;
        size_t rc = iconv(convert, &from, &left, &to, &room);
        int error = errno;
        if (rc == (size_t)-1 && error == EILSEQ && convert_free(convert, &from, &left, &to, &room) == 0)
            error = E2BIG;
        if (fwrite(text, 1, (size_t)(to - text), out) != (size_t)(to - text)) return -1;
        if (rc != (size_t)-1) continue;
        if (error == EINVAL) break;
        if (error != E2BIG) return -1;
    }
    memmove(block, from, left);
    return (ssize_t)left;
}

// The rest of `in` in another charset, as a new temporary file; NULL where there is no such text in it.
static FILE *convert_all(FILE *in, step_t step)
{
    char block[BLOCK];
    size_t kept = 0, got;
    iconv_t convert = iconv_open(step.to, step.from);
    FILE *out = convert != (iconv_t)-1 ? tmpfile() : NULL;
    bool ok = out != NULL;
    while (ok && (got = fread(block + kept, 1, sizeof block - kept, in)) > 0) {
        ssize_t left = convert_block(convert, block, kept + got, out);
        ok = left >= 0;
        kept = ok ? (size_t)left : 0;
    }
    ok = ok && kept == 0 && !ferror(in) && fflush(out) == 0 && go_to(out, 0) == 0;
    if (convert != (iconv_t)-1) iconv_close(convert);
    if (!ok && out != NULL) fclose(out);
    return ok ? out : NULL;
}

// Through up to two charsets, the second NULL where one step is all.
static FILE *convert_through(FILE *in, off_t start, step_t first, const char *then)
{
    FILE *bytes = go_to(in, start) == 0 ? convert_all(in, first) : NULL;
    if (bytes == NULL || then == NULL) return bytes;
    FILE *text = convert_all(bytes, (step_t){then, "UTF-8"});
    fclose(bytes);
    return text;
}

// --- UTF-8 made from bytes taken for another charset ---------------------------------------------------

// What the bytes are that somebody took for `taken_for`: UTF-8 again, or Russian in a charset.
static FILE *undo(FILE *in, off_t start, const char *taken_for, bool only_utf8, const char **ret_name)
{
    AUTO(xfree) census_t *census = xcalloc(1, sizeof *census);
    FILE *bytes = convert_through(in, start, (step_t){"UTF-8", taken_for}, NULL);
    if (bytes == NULL) return NULL;
    bool read = take_census(bytes, census) == 0 && go_to(bytes, 0) == 0;
    if (read && census->bad == 0 && census->cyrillic > 0) {
        *ret_name = "UTF-8, twice";
        return bytes;
    }
    charset_verdict_t verdict = charset_judge(&census->pairs);
    bool other = read && !only_utf8 && verdict.sure && strcmp(CHARSETS[verdict.best], taken_for) != 0;
    FILE *text = other ? convert_all(bytes, (step_t){CHARSETS[verdict.best], "UTF-8"}) : NULL;
    fclose(bytes);
    if (text != NULL) *ret_name = CHARSETS[verdict.best];
    return text;
}

// How the beginning reads as it is. Text in other languages of the Cyrillic script reads badly as Russian; it
// is let alone unless another reading is sure, or it is gibberish.
static charset_verdict_t judge_beginning(FILE *in, off_t start)
{
    const charset_verdict_t well = {.best = 0, .ansi_ok = true};
    AUTO(xfree) census_t *census = xcalloc(1, sizeof *census);
    char block[BLOCK], bytes[BLOCK];
    if (go_to(in, start) != 0) return well;
    size_t n = fread(block, 1, sizeof block, in);
    iconv_t convert = iconv_open("WINDOWS-1251//TRANSLIT", "UTF-8");
    if (convert == (iconv_t)-1) return well;
    char *from = block, *to = bytes;
    size_t room = sizeof bytes;
    while (n > 0 && iconv(convert, &from, &n, &to, &room) == (size_t)-1 && errno == EILSEQ) {
        from++;
        n--;
    }
    iconv_close(convert);
    uint8_t last = '\n';
    charset_count(&census->pairs, (const uint8_t *)bytes, (size_t)(to - bytes), &last);
    return charset_judge(&census->pairs);
}

static int check_utf8(FILE *in, off_t start, const census_t *c, FILE **ret_text, const char **ret_name,
                      fault_t *ret_fault)
{
    bool halves = c->cyrillic >= DOUBLED_MIN && c->er_es * 100 >= c->cyrillic * DOUBLED_SHARE;
    *ret_name = "UTF-8";
    *ret_text = in;
    if (c->lost) return fail(ret_fault, "CHARSET", NULL);
    FILE *text = NULL;
    if (c->cyrillic == 0 && c->latin >= DOUBLED_MIN) {
        text = undo(in, start, "WINDOWS-1252", false, ret_name);
        if (text == NULL) text = undo(in, start, "ISO-8859-1", false, ret_name);
    } else if (c->cyrillic > 0) {
        charset_verdict_t verdict = judge_beginning(in, start);
        if (halves || !verdict.ansi_ok) text = undo(in, start, "WINDOWS-1251", verdict.ansi_ok, ret_name);
        if (text == NULL && verdict.ansi_hopeless) return fail(ret_fault, "CHARSET", NULL);
    }
    if (text != NULL) *ret_text = text;
    return 0;
}

// --- choosing ------------------------------------------------------------------------------------

static int copy_pipe(FILE **in)
{
    char buf[BLOCK];
    size_t got;
    FILE *copy = tmpfile();
    if (copy == NULL) return -errno;
    bool ok = true;
    while (ok && (got = fread(buf, 1, sizeof buf, *in)) > 0) ok = fwrite(buf, 1, got, copy) == got;
    if (!ok || ferror(*in) || fflush(copy) != 0 || go_to(copy, 0) != 0) {
        fclose(copy);
        return -EIO;
    }
    *in = copy;
    return 0;
}

// Moves *start behind the mark; the charset that it tells, or NULL.
static const char *skip_mark(FILE *in, off_t *start)
{
    uint8_t mark[4] = {0};
    size_t n = fread(mark, 1, sizeof mark, in);
    if (n >= 3 && memcmp(mark, "\xef\xbb\xbf", 3) == 0) {
        *start += 3;
        return "UTF-8";
    }
    if (n >= 2 && (memcmp(mark, "\xff\xfe", 2) == 0 || memcmp(mark, "\xfe\xff", 2) == 0)) {
        *start += 2;
        return mark[0] == 0xff ? "UTF-16LE" : "UTF-16BE";
    }
    return NULL;
}

static const char *utf16_of(const census_t *c)
{
    bool even = c->nul[0] > 0, odd = c->nul[1] > 0;
    if (even == odd || c->size % 2 != 0) return NULL;
    if ((c->nul[0] + c->nul[1]) * 2 * NUL_SHARE < c->size) return NULL;
    return odd ? "UTF-16LE" : "UTF-16BE";
}

static int choose(FILE *in, off_t start, const char *told, FILE **ret_text, const char **ret_name,
                  fault_t *ret_fault)
{
    AUTO(xfree) census_t *census = xcalloc(1, sizeof *census);
    int rc = go_to(in, start);
    if (rc == 0) rc = take_census(in, census);
    if (rc != 0) return fail(ret_fault, "CSV-READ", strerror(-rc));
    bool is_utf8 = told != NULL && strcmp(told, "UTF-8") == 0;
    if (told == NULL && census->nul[0] + census->nul[1] > 0) {
        told = utf16_of(census);
        if (told == NULL) return fail(ret_fault, "CSV-NUL", NULL);
    }
    if (told != NULL && !is_utf8) {
        *ret_name = told;
        *ret_text = convert_through(in, start, (step_t){told, "UTF-8"}, NULL);
        return *ret_text != NULL ? 0 : fail(ret_fault, "CHARSET", NULL);
    }
    if (census->nul[0] + census->nul[1] > 0) return fail(ret_fault, "CSV-NUL", NULL);
    if (census->bad == 0) return check_utf8(in, start, census, ret_text, ret_name, ret_fault);
    charset_verdict_t verdict = charset_judge(&census->pairs);
    if (is_utf8 || census->good > census->bad || !verdict.sure) return fail(ret_fault, "CHARSET", NULL);
    *ret_name = CHARSETS[verdict.best];
    *ret_text = convert_through(in, start, (step_t){*ret_name, "UTF-8"}, NULL);
    return *ret_text != NULL ? 0 : fail(ret_fault, "CHARSET", NULL);
}

int charset_open(FILE *in, FILE **ret_text, const char **ret_name, fault_t *ret_fault)
{
    FILE *from = in, *text = NULL;
    off_t start = ftello(in);
    int rc = 0;
    if (start < 0) {
        rc = copy_pipe(&from);
        start = 0;
    }
    if (rc != 0) return fail(ret_fault, "CSV-READ", strerror(-rc));
    const char *told = skip_mark(from, &start);
    rc = choose(from, start, told, &text, ret_name, ret_fault);
    if (rc == 0 && text == from && go_to(from, start) != 0) rc = fail(ret_fault, "CSV-READ", strerror(errno));
    if (from != in && (rc != 0 || text != from)) fclose(from);
    if (rc == 0) *ret_text = text;
    return rc;
}
