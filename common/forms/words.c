// SPDX-License-Identifier: Apache-2.0
// Codes to words and back.
#include "common/forms/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/schema/ids.h"
#include "common/schema/kinds.h"
#include "common/schema/states.h"
#include "proto/message.h"

typedef struct word {
    const char *code, *text;
} word_t;

static const word_t STATES[] = {
    {"live", N_("live")},       {"catching-up", N_("catching up")}, {"offline", N_("offline")},
    {"blocked", N_("blocked")}, {"stopped", N_("stopped")},
};

static const word_t LINKS[] = {
    {"up", N_("connected")},    {"down", N_("not connected")},     {"refused", N_("refused")},
    {"revoked", N_("revoked")}, {"clone", N_("copy turned away")}, {"hangs", N_("does not answer")},
};

static const word_t FLOWS[] = {
    {"up", N_("upwards")},
    {"down", N_("downwards")},
    {"local", N_("local")},
};

static const word_t ROLES[] = {
    {"parent", N_("parent")},
    {"child", N_("child")},
};

static const char *look_up(const word_t *words, size_t n, const char *code, lang_t lang)
{
    for (size_t i = 0; code && i < n; i++)
        if (strcmp(words[i].code, code) == 0) return i18n_in(lang, words[i].text);
    return code ? code : "";
}

const char *words_state(const char *code, lang_t lang)
{
    return look_up(STATES, ARRAY_SIZE(STATES), code, lang);
}

const char *words_link(const char *code, lang_t lang)
{
    return look_up(LINKS, ARRAY_SIZE(LINKS), code, lang);
}

const char *words_flow(const char *code, lang_t lang)
{
    return look_up(FLOWS, ARRAY_SIZE(FLOWS), code, lang);
}

const char *words_role(const char *code, lang_t lang)
{
    return look_up(ROLES, ARRAY_SIZE(ROLES), code, lang);
}

const char *words_id(const ProtobufCBinaryData *id, char buffer[static RID_TEXT])
{
    rid_t rid;
    if (id->len != sizeof rid.b) return "";
    memcpy(rid.b, id->data, sizeof rid.b);
    return rid_text(&rid, buffer);
}

const char *words_service(uint32_t service)
{
    const char *name = service_name(service);
    return name ? name : "?";
}

const char *words_kind(uint32_t number, char buffer[static WORDS_KIND])
{
    const kind_rule_t *kind = kind_by_number(number);
    if (kind) return kind->name;
    snprintf(buffer, WORDS_KIND, "%" PRIu32, number);
    return buffer;
}

const char *words_kind_in(uint32_t number, lang_t lang, char buffer[static WORDS_KIND])
{
    const kind_rule_t *kind = kind_by_number(number);
    return kind && lang != LANG_EN ? bilingual_in(&kind->label, lang) : words_kind(number, buffer);
}

const char *words_peer(uint32_t peer, char *buffer, size_t size)
{
    if (peer == PEER_SELF) return "here";
    if (peer == PEER_PARENT) return "parent";
    if (peer < PEER_LABEL_MIN) return words_service(peer);
    snprintf(buffer, size, "%08" PRIx32, peer);
    return buffer;
}

static const word_t PLACES[] = {
    {"here", N_("here")},
    {"parent", N_("parent")},
};

const char *words_place_in(const char *place, lang_t lang)
{
    return look_up(PLACES, ARRAY_SIZE(PLACES), place, lang);
}

const char *words_place_of(const char *words, lang_t lang)
{
    for (size_t i = 0; words && i < ARRAY_SIZE(PLACES); i++)
        if (strcmp(i18n_in(lang, PLACES[i].text), words) == 0) return PLACES[i].code;
    return words;
}

const char *words_author(slice_t author, lang_t lang, char buffer[static WORDS_AUTHOR])
{
    static const char LOCAL[] = "local:", ACCOUNT[] = "account:";
    char name[WORDS_AUTHOR / 2], role[STATES_TEXT];
    snprintf(name, sizeof name, "%.*s", (int)author.size, (const char *)author.data);
    if (strncmp(name, LOCAL, sizeof LOCAL - 1) == 0)
        snprintf(buffer, WORDS_AUTHOR, i18n_in(lang, N_("user %s of the node's computer")),
                 name + sizeof LOCAL - 1);
    else if (strncmp(name, ACCOUNT, sizeof ACCOUNT - 1) == 0)
        snprintf(buffer, WORDS_AUTHOR, i18n_in(lang, N_("an account in the role: %s")),
                 states_who(name + sizeof ACCOUNT - 1, lang, role));
    else
        snprintf(buffer, WORDS_AUTHOR, "%s", name);
    return buffer;
}

const char *words_duration(uint64_t seconds, lang_t lang, char *buffer, size_t size)
{
    uint64_t minutes = seconds / 60, hours = minutes / 60;
    if (minutes == 0)
        snprintf(buffer, size, i18n_in(lang, "%llu s"), (unsigned long long)seconds);
    else if (hours == 0)
        snprintf(buffer, size, i18n_in(lang, "%llu min"), (unsigned long long)minutes);
    else if (hours < 48)
        snprintf(buffer, size, i18n_in(lang, "%llu h %02llu min"), (unsigned long long)hours,
                 (unsigned long long)(minutes % 60));
    else
        snprintf(buffer, size, i18n_in(lang, "%llu d %llu h"), (unsigned long long)(hours / 24),
                 (unsigned long long)(hours % 24));
    return buffer;
}

const char *words_bytes(uint64_t bytes, lang_t lang, char *buffer, size_t size)
{
    static const char *const units[] = {N_("B"), N_("KiB"), N_("MiB"), N_("GiB"), N_("TiB")};
    size_t unit = 0;
    uint64_t tenths = bytes * 10;
    for (; tenths >= 10240 && unit + 1 < ARRAY_SIZE(units); unit++) tenths /= 1024;
    if (unit == 0)
        snprintf(buffer, size, "%" PRIu64 " %s", bytes, i18n_in(lang, units[unit]));
    else
        snprintf(buffer, size, "%" PRIu64 "%c%" PRIu64 " %s", tenths / 10, lang == LANG_RU ? ',' : '.',
                 tenths % 10, i18n_in(lang, units[unit]));
    return buffer;
}

bool words_duration_parse(const char *text, int64_t *ret_seconds)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400}};
    static const int64_t most_s = 10LL * 366 * 86400;
    size_t n = strlen(text);
    char digits[16];
    if (n < 2 || n > sizeof digits) return false;
    memcpy(digits, text, n - 1);
    digits[n - 1] = '\0';
    if (digits[0] < '0' || digits[0] > '9') return false; // no sign
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        int64_t value;
        if (text[n - 1] != units[i].unit) continue;
        if (!int_parse(digits, 1, most_s / units[i].seconds, &value)) return false;
        *ret_seconds = value * units[i].seconds;
        return true;
    }
    return false;
}

bool words_is_person(const char *text)
{
    const char *colon = strchr(text, ':');
    return colon && colon > text && colon[1] && !strchr(colon + 1, ':');
}
