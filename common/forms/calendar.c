// SPDX-License-Identifier: Apache-2.0
// What stands in the calendar, of records of any kind by their declarations.
#include "common/forms/calendar.h"
#include "common/base/date.h"
#include "common/base/vec.h"
#include "common/forms/calendar_private.h"
#include "common/forms/fold.h"
#include <stdio.h>
#include <stdlib.h>

enum { INCARNATION_SHIFT = 20, DEPTH_MAX = 16 };

calendar_t *calendar_new(int32_t from, int32_t to, const char *org)
{
    calendar_t *self = xcalloc(1, sizeof *self);
    *self = (calendar_t){.from = from,
                         .to = to - from < CALENDAR_DAYS ? to : from + CALENDAR_DAYS - 1,
                         .org = org != NULL ? xstrdup(org) : NULL,
                         .titles = dict_new(),
                         .orgs = dict_new(),
                         .resources = dict_new()};
    return self;
}

static void entry_clear(calendar_entry_t *entry)
{
    free(entry->ref);
    free(entry->org);
    free(entry->title);
    free(entry->place);
    free(entry->with_ref);
}

void calendar_destroy(calendar_t **self_p)
{
    calendar_t *self = *self_p;
    if (self == NULL) return;
    for (size_t i = 0; i < self->n; i++) entry_clear(&self->entries[i]);
    for (size_t i = 0; i < dict_count(self->titles); i++) free(self->title_of[i]);
    for (size_t i = 0; i < dict_count(self->orgs); i++) free(self->above[i]);
    dict_destroy(&self->titles);
    dict_destroy(&self->orgs);
    dict_destroy(&self->resources);
    free(self->entries);
    free(self->title_of);
    free(self->above);
    free(self->claims);
    free(self->asks);
    free(self->clashes);
    free(self->org);
    free(self);
    *self_p = NULL;
}

// --- which kinds

static bool has_days(const kind_rule_t *kind)
{
    return kind->calendar != NULL && kind->calendar->of == NULL;
}

// The field of a title that leads to another kind, by whose title the record is called; or -1.
static int title_ref(const kind_rule_t *kind)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if ((kind->fields[i].flags & F_TITLE) != 0 && kind->fields[i].type == FIELD_REF) return (int)i;
    return -1;
}

static bool gives_titles(const kind_rule_t *kind)
{
    for (size_t k = 0; k < N_KINDS; k++) {
        int field = has_days(KINDS[k]) ? title_ref(KINDS[k]) : -1;
        if (field >= 0 && KINDS[k]->fields[field].ref == kind->number) return true;
    }
    return false;
}

bool calendar_wants(const calendar_t *self, const kind_rule_t *kind)
{
    return has_days(kind) || gives_titles(kind) || (self->org != NULL && kind == &KIND_ORGANISATION);
}

// --- one record

static const char *text_of(const kind_rule_t *kind, const body_t *body, const char *name)
{
    int field = name != NULL ? kind_field(kind, name) : -1;
    return field >= 0 && body_has(kind, body, (size_t)field) ? body_str(kind, body, (size_t)field) : NULL;
}

static bool day_of(const kind_rule_t *kind, const body_t *body, const char *name, int32_t *ret_day)
{
    int field = name != NULL ? kind_field(kind, name) : -1;
    if (field < 0 || !body_has(kind, body, (size_t)field)) return false;
    *ret_day = (int32_t)body_int(kind, body, (size_t)field);
    return date_is_valid(*ret_day);
}

static bool is_off(const kind_rule_t *kind, const body_t *body)
{
    char name[FIELD_NAME_MAX + 1], word[CODE_MAX + 1];
    int used = 0;
    for (const char *at = kind->calendar->off; sscanf(at, " %39[^=]=%64[^ ]%n", name, word, &used) == 2;
         at += used) {
        const char *text = text_of(kind, body, name);
        if (text != NULL && strcmp(text, word) == 0) return true;
    }
    return false;
}

static char *title_text(const kind_rule_t *kind, const body_t *body)
{
    why_t title = {""};
    for (size_t i = 0; i < kind->n_fields; i++) {
        const char *text = (kind->fields[i].flags & F_TITLE) != 0 && kind->fields[i].type == FIELD_TEXT
                               ? text_of(kind, body, kind->fields[i].name)
                               : NULL;
        if (text == NULL) continue;
        why_t longer; // cut at a whole character
        why_set(&longer, "%s%s%s", title.text, *title.text != '\0' ? " " : "", text);
        title = longer;
    }
    return xstrdup(title.text);
}

static bool ref_of(const kind_rule_t *kind, const body_t *body, int field, rid_t *ret_id)
{
    const char *text = field >= 0 ? text_of(kind, body, kind->fields[field].name) : NULL;
    const kind_rule_t *target = text != NULL ? kind_by_number(kind->fields[field].ref) : NULL;
    return target != NULL && ref_id(target, slice_text(text), ret_id);
}

// A place that is the same for all: a link, or an address with more than a room in it. Rooms have their
// names at each organisation again.
static bool is_address(const char *place)
{
    return strstr(place, "://") != NULL || strchr(place, ',') != NULL;
}

static void claim_place(calendar_t *self, const char *org, const char *place, size_t entry)
{
    char form[FOLD_MAX], what[FOLD_MAX + CODE_MAX + 2];
    fold(place, form);
    if (*form == '\0') return;
    snprintf(what, sizeof what, "%s\t%s", is_address(place) ? "" : org, form);
    calendar_claim(self, CLAIM_PLACE, what, entry);
}

static void claim_all(calendar_t *self, const kind_rule_t *kind, const body_t *body, size_t i)
{
    const calendar_entry_t *entry = &self->entries[i];
    const char *who = text_of(kind, body, kind->calendar->who);
    const char *also = text_of(kind, body, kind->calendar->also);
    calendar_claim(self, CLAIM_ORG, entry->org, i);
    if (entry->place != NULL) claim_place(self, entry->org, entry->place, i);
    if (who != NULL) calendar_claim(self, CLAIM_PERSON, who, i);
    while (also != NULL && *also != '\0') {
        char code[CODE_MAX + 1];
        size_t size = strcspn(also, ";");
        snprintf(code, sizeof code, "%.*s", (int)(size < CODE_MAX ? size : CODE_MAX), also);
        if (*code != '\0') calendar_claim(self, CLAIM_ORG, code, i);
        also += size + (also[size] == ';');
    }
}

static int64_t sequence_of(const Selenga__Record *record)
{
    uint64_t inc = (uint64_t)record->inc << INCARNATION_SHIFT, seq = record->seq;
    return seq > INT32_MAX || inc + seq > INT32_MAX ? INT32_MAX : (int64_t)(inc + seq);
}

static void add_entry(calendar_t *self, const kind_rule_t *kind, const Selenga__Record *record,
                      const body_t *body, calendar_entry_t *entry)
{
    char key[KEY_TEXT_MAX];
    const char *place = text_of(kind, body, kind->calendar->place);
    if (self->n == CALENDAR_ENTRIES) {
        self->more = true;
        return;
    }
    entry->kind = kind;
    entry->sequence = sequence_of(record);
    memcpy(entry->id.b, record->id.data, sizeof entry->id.b);
    entry->org = xstrdup(record->org != NULL ? record->org : "");
    entry->ref = xstrdup(body_key_shown(kind, body, key));
    entry->title = title_text(kind, body);
    entry->place = place != NULL ? xstrdup(place) : NULL;
    entry->has_titled = ref_of(kind, body, title_ref(kind), &entry->titled);
    const char *with = text_of(kind, body, kind->calendar->with);
    entry->with_ref = with != NULL ? xstrdup(with) : NULL;
    entry->has_with =
        with != NULL && ref_of(kind, body, kind_field(kind, kind->calendar->with), &entry->with);
    *vec_add(self->entries, self->n, self->room) = *entry;
    claim_all(self, kind, body, self->n - 1);
}

static void keep_days(calendar_t *self, const kind_rule_t *kind, const Selenga__Record *record,
                      const body_t *body)
{
    calendar_entry_t entry = {0};
    if (!day_of(kind, body, kind->calendar->from, &entry.from)) return;
    if (!day_of(kind, body, kind->calendar->to, &entry.to) || entry.to < entry.from) entry.to = entry.from;
    if (entry.to < self->from || entry.from > self->to) return;
    entry.off = is_off(kind, body);
    add_entry(self, kind, record, body, &entry);
}

static void keep_org(calendar_t *self, const kind_rule_t *kind, const body_t *body)
{
    const char *code = text_of(kind, body, "code"), *parent = text_of(kind, body, "parent");
    if (code == NULL || dict_find(self->orgs, slice_text(code)) != DICT_NONE) return;
    size_t n = dict_add(self->orgs, slice_text(code));
    vec_reserve(self->above, self->orgs_room, n + 1);
    self->above[n] = parent != NULL ? xstrdup(parent) : NULL;
}

static void keep_title(calendar_t *self, const kind_rule_t *kind, const Selenga__Record *record,
                       const body_t *body)
{
    slice_t id = slice(record->id.data, record->id.len);
    if (dict_find(self->titles, id) != DICT_NONE) return;
    size_t n = dict_add(self->titles, id);
    vec_reserve(self->title_of, self->titles_room, n + 1);
    self->title_of[n] = title_text(kind, body);
}

void calendar_add(calendar_t *self, const kind_rule_t *kind, const Selenga__Record *record)
{
    body_t *body = NULL;
    if (record->id.len != sizeof(rid_t)) return;
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    if (record->deleted ||
        body_unpack(kind, slice(record->body.data, record->body.len), arena, &body, NULL) != 0)
        return;
    if (has_days(kind)) keep_days(self, kind, record, body);
    if (gives_titles(kind)) keep_title(self, kind, record, body);
    if (kind == &KIND_ORGANISATION) keep_org(self, kind, body);
}

// --- all of them

static bool is_within(const calendar_t *self, const char *code)
{
    for (int i = 0; code != NULL && i < DEPTH_MAX; i++) {
        if (strcmp(code, self->org) == 0) return true;
        uint32_t n = dict_find(self->orgs, slice_text(code));
        code = n != DICT_NONE ? self->above[n] : NULL;
    }
    return false;
}

// Whose it is beside its own organisation, the claims say.
static void show(calendar_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        self->entries[i].shown = self->org == NULL || is_within(self, self->entries[i].org);
    for (size_t i = 0; self->org != NULL && i < self->n_claims; i++) {
        const char *what = dict_key(self->resources, self->claims[i].what);
        if (what[0] == (char)('0' + CLAIM_ORG) && is_within(self, what + 1 + strcspn(what + 1, "\t") + 1))
            self->entries[self->claims[i].entry].shown = true;
    }
}

static void name_them(calendar_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        calendar_entry_t *entry = &self->entries[i];
        uint32_t n = entry->has_titled
                         ? dict_find(self->titles, slice(entry->titled.b, sizeof entry->titled.b))
                         : DICT_NONE;
        if (n == DICT_NONE || *entry->title != '\0') continue;
        free(entry->title);
        entry->title = xstrdup(self->title_of[n]);
    }
}

typedef struct place_in {
    const calendar_entry_t *entry;
    uint32_t at;
} place_in_t;

static int by_days(const void *a, const void *b)
{
    const calendar_entry_t *x = ((const place_in_t *)a)->entry, *y = ((const place_in_t *)b)->entry;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    if (x->to != y->to) return x->to < y->to ? -1 : 1;
    return memcmp(x->id.b, y->id.b, sizeof x->id.b);
}

// Sorts the entries; claims follow them.
static void sort(calendar_t *self)
{
    AUTO(xfree) place_in_t *order = xcalloc(self->n + 1, sizeof *order);
    AUTO(xfree) uint32_t *now = xcalloc(self->n + 1, sizeof *now);
    calendar_entry_t *sorted = xcalloc(self->n + 1, sizeof *sorted);
    for (size_t i = 0; i < self->n; i++) order[i] = (place_in_t){&self->entries[i], (uint32_t)i};
    qsort(order, self->n, sizeof *order, by_days);
    for (size_t i = 0; i < self->n; i++) {
        sorted[i] = *order[i].entry;
        now[order[i].at] = (uint32_t)i;
    }
    for (size_t i = 0; i < self->n_claims; i++) self->claims[i].entry = now[self->claims[i].entry];
    free(self->entries);
    self->entries = sorted;
}

void calendar_close(calendar_t *self)
{
    show(self);
    name_them(self);
    sort(self);
    calendar_find_crowded(self);
}

const calendar_entry_t *calendar_entries(const calendar_t *self, size_t *ret_n)
{
    *ret_n = self->n;
    return self->entries;
}

bool calendar_more(const calendar_t *self)
{
    return self->more;
}

// --- who is busy

bool calendar_ask(const calendar_t *self, size_t i, calendar_ask_t *ret_ask)
{
    if (i >= self->n_asks) return false;
    const question_busy_t *ask = &self->asks[i];
    *ret_ask = (calendar_ask_t){ask->kind, ask->kind->fields[ask->field].name, ask->value};
    return true;
}

void calendar_add_busy(calendar_t *self, size_t i, const Selenga__Record *record)
{
    const question_busy_t *ask = &self->asks[i];
    const calendar_rule_t *rule = ask->kind->calendar;
    body_t *body = NULL;
    int32_t from = INT32_MIN, to = INT32_MAX;
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    if (record->deleted ||
        body_unpack(ask->kind, slice(record->body.data, record->body.len), arena, &body, NULL) != 0)
        return;
    const char *who = text_of(ask->kind, body, rule->who);
    if (who == NULL || is_off(ask->kind, body)) return;
    (void)day_of(ask->kind, body, rule->from, &from);
    (void)day_of(ask->kind, body, rule->to, &to);
    for (size_t e = 0; e < self->n; e++) {
        const calendar_entry_t *entry = &self->entries[e];
        if (!entry->crowded || entry->from > to || entry->to < from) continue;
        if (rid_equal(&entry->id, &ask->id) || (entry->has_with && rid_equal(&entry->with, &ask->id)))
            calendar_claim(self, CLAIM_PERSON, who, e);
    }
}
