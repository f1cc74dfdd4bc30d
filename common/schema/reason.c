// SPDX-License-Identifier: Apache-2.0
#include "common/schema/reason.h"
#include "common/base/i18n.h"
#include "common/base/util.h"
#include <stdio.h>
#include <string.h>

enum { PIECES = 6, PIECE = 256 };

bool reason_add(char *buf, size_t size, const char *item)
{
    size_t used = strlen(buf), n = strlen(item), between = used > 0;
    if (used + between + n + 1 > size) return false;
    if (between) buf[used++] = ';';
    memcpy(buf + used, item, n + 1);
    return true;
}

// --- reading -------------------------------------------------------------------------------------

typedef struct item {
    char piece[PIECES][PIECE];
    size_t n;
} item_t;

// Takes the first item off *said. False when there is none that could be one.
static bool take_item(const char **said, item_t *item)
{
    const char *p = *said;
    for (item->n = 0; item->n < PIECES;) {
        size_t n = strcspn(p, ":;");
        if (n == 0 || n >= PIECE) return false;
        memcpy(item->piece[item->n], p, n);
        item->piece[item->n++][n] = '\0';
        p += n;
        if (*p != ':') break;
        p++;
    }
    if (*p == ':') return false;
    *said = *p == ';' ? p + 1 : p;
    return true;
}

static const char *band_text(const char *band, lang_t lang)
{
    if (strcmp(band, "high") == 0) return i18n_in(lang, "high need");
    if (strcmp(band, "medium") == 0) return i18n_in(lang, "medium need");
    return strcmp(band, "low") == 0 ? i18n_in(lang, "low need") : NULL;
}

// Appends the item's words. False: no such item.
static bool say(const item_t *item, lang_t lang, char *buf, size_t size)
{
    const char *code = item->piece[0];
    const char *band = strcmp(code, "NEED") == 0 && item->n == 6 ? band_text(item->piece[3], lang) : NULL;
    if (band != NULL)
        snprintf(buf, size, i18n_in(lang, "%s:%s: %s (%s %% in %s)"), item->piece[1], item->piece[2], band,
                 item->piece[4], item->piece[5]);
    else if (strcmp(code, "MORE") == 0 && item->n == 2)
        snprintf(buf, size, i18n_in(lang, "and %s more"), item->piece[1]);
    else if (strcmp(code, "NO-PROGRAMME") == 0 && item->n == 1)
        snprintf(buf, size, "%s", i18n_in(lang, "no programme covers it yet"));
    else if (strcmp(code, "WITH-MENTOR") == 0 && item->n == 1)
        snprintf(buf, size, "%s", i18n_in(lang, "Work on it with a mentor or tutor"));
    else
        return false;
    return true;
}

const char *reason_text_in(const char *said, lang_t lang, char *buf)
{
    const char *rest = said;
    size_t used = 0;
    item_t item;
    buf[0] = '\0';
    while (*rest != '\0') {
        if (used > 0 && used + 3 < REASON_TEXT) used += (size_t)snprintf(buf + used, 3, "; ");
        if (!take_item(&rest, &item) || !say(&item, lang, buf + used, REASON_TEXT - used)) return said;
        used += strlen(buf + used);
    }
    return buf;
}

const char *reason_text(const char *said, char *buf)
{
    return reason_text_in(said, i18n_now(), buf);
}
