// SPDX-License-Identifier: Apache-2.0
// Watchers of who is probably one person: the same pseudonym or the same names under two staff numbers. What
// they need of a person is gathered as records pass by, in any order.
#include <stdlib.h>
#include <string.h>

#include "common/base/vec.h"
#include "common/forms/fold.h"
#include "common/watch/attention_private.h"

// Of so many others of one name each is compared with these at most.
enum { GROUP_LOOKS = 64, MARK_MOST = 32, TEXT = REF_MAX + 512 };

typedef struct member { // one staff number
    uint32_t org;       // where ORG of its reference is the same
    uint32_t pseudonym; // one that is settled
    uint32_t name;      // family name, given name and birth date together
    uint32_t middle, snils;
    bool works, main; // today; at the main place, as figures take it: what nobody said counts as that
} member_t;

struct staff {
    dict_t *refs;  // ORG:NUMBER; members by these numbers
    dict_t *texts; // all that is compared
    member_t *members;
    size_t n, room;
};

static staff_t *staff_new(void)
{
    staff_t *self = xcalloc(1, sizeof *self);
    self->refs = dict_new();
    self->texts = dict_new();
    return self;
}

void staff_destroy(staff_t **self_p)
{
    staff_t *self = *self_p;
    if (self == NULL) return;
    dict_destroy(&self->refs);
    dict_destroy(&self->texts);
    free(self->members);
    xfree(self_p);
}

// --- gathering -----------------------------------------------------------------------------------

static uint32_t number_of(staff_t *self, char sort, const char *text)
{
    char key[3 * FOLD_MAX];
    int n = snprintf(key, sizeof key, "%c%s", sort, text);
    return dict_add(self->texts, slice(key, (size_t)n < sizeof key ? (size_t)n : sizeof key - 1));
}

static member_t *member_of(staff_t *self, const seen_record_t *seen)
{
    char key[KEY_TEXT_MAX];
    const char *ref = body_key_shown(seen->kind, seen->body, key);
    uint32_t number = dict_add(self->refs, slice_text(ref));
    if (number == self->n)
        *vec_add(self->members, self->n, self->room) =
            (member_t){.org = number_of(self, 'o', seen->record->org),
                       .pseudonym = DICT_NONE,
                       .name = DICT_NONE,
                       .middle = DICT_NONE,
                       .snils = DICT_NONE};
    return &self->members[number];
}

typedef struct cells {
    const kind_rule_t *kind;
    const body_t *body;
} cells_t;

static bool has(cells_t of, const char *name)
{
    return body_has(of.kind, of.body, (size_t)kind_field(of.kind, name));
}

static const char *text_of(cells_t of, const char *name)
{
    return has(of, name) ? body_str(of.kind, of.body, (size_t)kind_field(of.kind, name)) : "";
}

static int64_t number_in(cells_t of, const char *name)
{
    return body_int(of.kind, of.body, (size_t)kind_field(of.kind, name));
}

static void see_identity(staff_t *self, cells_t of, member_t *member)
{
    char last[FOLD_MAX], first[FOLD_MAX], middle[FOLD_MAX], all[3 * FOLD_MAX];
    const char *snils = text_of(of, "snils");
    fold(text_of(of, "middle_name"), middle);
    if (*snils != '\0') member->snils = number_of(self, 's', snils);
    if (*middle != '\0') member->middle = number_of(self, 'm', middle);
    if (!has(of, "birth_date")) return;
    snprintf(all, sizeof all, "%s\x1f%s\x1f%lld", fold(text_of(of, "last_name"), last),
             fold(text_of(of, "first_name"), first), (long long)number_in(of, "birth_date"));
    member->name = number_of(self, 'n', all);
}

static void see_person(staff_t *self, cells_t of, member_t *member)
{
    size_t field = (size_t)kind_field(of.kind, "pseudonym");
    char hex[2 * MARK_MOST + 1];
    slice_t bytes = body_bytes(of.kind, of.body, field);
    if (number_in(of, "provisional") != 0 || bytes.size == 0 || bytes.size > MARK_MOST) return;
    member->pseudonym = number_of(self, 'p', hex_text(bytes, hex));
}

static void see_employment(const attention_t *a, cells_t of, member_t *member)
{
    member->works = number_in(of, "from") <= a->today && (!has(of, "to") || number_in(of, "to") >= a->today);
    member->main =
        number_in(of, "external") == 0 && (!has(of, "main_place") || number_in(of, "main_place") != 0);
}

void staff_see(attention_t *a, const watcher_t *self, const seen_record_t *seen)
{
    cells_t of = {seen->kind, seen->body};
    (void)self;
    if (a->people == NULL) a->people = staff_new();
    member_t *member = member_of(a->people, seen);
    if (seen->kind == &KIND_IDENTITY) see_identity(a->people, of, member);
    if (seen->kind == &KIND_PERSON) see_person(a->people, of, member);
    if (seen->kind == &KIND_EMPLOYMENT) see_employment(a, of, member);
}

// --- comparing -----------------------------------------------------------------------------------

static bool same(uint32_t a, uint32_t b)
{
    return a != DICT_NONE && a == b;
}

static bool differ(uint32_t a, uint32_t b)
{
    return a != DICT_NONE && b != DICT_NONE && a != b;
}

// Two rows of one staff list, neither of them a second job.
static bool stands_twice(const member_t *a, const member_t *b)
{
    return a->org == b->org && a->works && b->works && a->main && b->main;
}

static bool has_two_main_places(const member_t *a, const member_t *b)
{
    return a->org != b->org && a->works && b->works && a->main && b->main;
}

// Names say that it is one, nothing else does.
static bool is_likely_one(const member_t *a, const member_t *b)
{
    return !differ(a->middle, b->middle) && !same(a->snils, b->snils) && !same(a->pseudonym, b->pseudonym);
}

typedef struct search {
    attention_t *a;
    const char *what;
    void (*say)(char text[static TEXT], const char *other);
    size_t key; // of member_t: members are compared where it is the same
    bool (*one)(const member_t *a, const member_t *b);
} search_t;

static uint32_t key_of(const search_t *search, uint32_t member)
{
    const member_t *m = &search->a->people->members[member];
    return *(const uint32_t *)(const void *)((const char *)m + search->key);
}

static int by_key(const void *a, const void *b, void *search)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    uint32_t left = key_of(search, x), right = key_of(search, y);
    if (left != right) return left < right ? -1 : 1;
    const dict_t *refs = ((const search_t *)search)->a->people->refs;
    return strcmp(dict_key(refs, x), dict_key(refs, y));
}

static void tell(const search_t *search, uint32_t member, uint32_t other)
{
    const staff_t *people = search->a->people;
    char text[TEXT], org[CODE_MAX + 1];
    const char *ref = dict_key(people->refs, member);
    snprintf(org, sizeof org, "%.*s", (int)strcspn(ref, ":"), ref);
    search->say(text, dict_key(people->refs, other));
    attention_add(search->a, search->what, org, &KIND_PERSON, ref, text);
}

// In one organisation the later number is told, in several each: somebody else looks there.
static void compare_group(const search_t *search, const uint32_t *order, size_t n)
{
    const member_t *members = search->a->people->members;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n && k < GROUP_LOOKS; k++) {
            const member_t *one = &members[order[i]], *other = &members[order[k]];
            if (k == i || !search->one(one, other) || (k > i && one->org == other->org)) continue;
            tell(search, order[i], order[k]);
            break;
        }
}

static void compare_all(search_t *search)
{
    const staff_t *people = search->a->people;
    if (people == NULL || people->n == 0) return;
    AUTO(xfree) uint32_t *order = xcalloc(people->n, sizeof *order);
    for (uint32_t i = 0; i < people->n; i++) order[i] = i;
    qsort_r(order, people->n, sizeof *order, by_key, search);
    for (size_t from = 0, to; from < people->n; from = to) {
        uint32_t key = key_of(search, order[from]);
        for (to = from + 1; to < people->n && key_of(search, order[to]) == key; to++) {}
        if (key != DICT_NONE) compare_group(search, order + from, to - from);
    }
}

static void say_twice(char text[static TEXT], const char *other)
{
    snprintf(text, TEXT,
             _("The same person stands in this staff list as %s too, and nothing says that one of the "
               "two is a second job. Give the last day of one, or say which is not the main place."),
             other);
}

static void say_likely(char text[static TEXT], const char *other)
{
    snprintf(text, TEXT,
             _("%s has the same name and date of birth, and another SNILS or none: probably one person, "
               "whom figures count twice. Compare both, and correct the SNILS."),
             other);
}

static void say_places(char text[static TEXT], const char *other)
{
    snprintf(text, TEXT,
             _("The main place of this person is said to be here, and as %s at another organisation too. "
               "Ask which it is, and say at the other that it is not."),
             other);
}

void staff_find_duplicates(attention_t *a, const watcher_t *self)
{
    search_t twice = {a, self->what, say_twice, offsetof(member_t, pseudonym), stands_twice};
    search_t likely = {a, self->what, say_likely, offsetof(member_t, name), is_likely_one};
    compare_all(&twice);
    compare_all(&likely);
}

void staff_find_main_places(attention_t *a, const watcher_t *self)
{
    search_t places = {a, self->what, say_places, offsetof(member_t, pseudonym), has_two_main_places};
    compare_all(&places);
}
