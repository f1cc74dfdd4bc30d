// SPDX-License-Identifier: Apache-2.0
#include "common/forms/slips.h"

#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/i18n.h"
#include "common/store/record.h"
#include "proto/record.pb-c.h"
#include "proto/registry.pb-c.h"

void slip_person(slice_t wire, slip_person_t *ret)
{
    *ret = (slip_person_t){0};
    AUTO(arena_destroy) arena_t *arena = arena_new(4 * wire.size + 4096);
    const Selenga__Record *record = selenga__record__unpack(arena_allocator(arena), wire.size, wire.data);
    if (record == NULL) return;
    const Selenga__Identity *one =
        selenga__identity__unpack(arena_allocator(arena), record->body.len, record->body.data);
    if (one == NULL || one->org == NULL || one->number == NULL) return;
    snprintf(ret->ref, sizeof ret->ref, "%s:%s", one->org, one->number);
    const char *parts[] = {one->last_name, one->first_name, one->middle_name};
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        if (parts[i] != NULL)
            n += (size_t)snprintf(ret->name + n, sizeof ret->name - n, "%s%s", n > 0 ? " " : "", parts[i]);
}

slip_chosen_t slip_choose(slip_choice_t *choice, const char *ref)
{
    rid_t id;
    if (!ref_id(&KIND_IDENTITY, slice_text(ref), &id)) return SLIP_NO_PERSON;
    for (size_t i = 0; i < choice->n; i++)
        if (memcmp(&choice->ids[i], &id, sizeof id) == 0) return SLIP_CHOSEN;
    if (choice->n == SLIPS_AT_ONCE) return SLIP_TOO_MANY;
    choice->refs[choice->n] = ref;
    choice->ids[choice->n++] = id;
    return SLIP_CHOSEN;
}

void slip_names_wish(slip_choice_t *choice, Selenga__List *ret_list)
{
    for (size_t i = 0; i < choice->n; i++)
        choice->wanted[i] = (ProtobufCBinaryData){sizeof choice->ids[i].b, choice->ids[i].b};
    *ret_list = (Selenga__List)SELENGA__LIST__INIT;
    ret_list->has_kind = ret_list->has_limit = 1;
    ret_list->kind = KIND_IDENTITY.number;
    ret_list->limit = SLIPS_AT_ONCE;
    ret_list->ids = choice->wanted;
    ret_list->n_ids = choice->n;
}

const char *slip_name(const Selenga__Records *people, const char *ref, slip_person_t *buf)
{
    for (size_t i = 0; i < people->n_records; i++) {
        slip_person(slice(people->records[i].data, people->records[i].len), buf);
        if (strcmp(buf->ref, ref) == 0) return buf->name;
    }
    return ref;
}

const char *slip_where(bool secure, const char *host, char buf[static SLIP_WHERE])
{
    snprintf(buf, SLIP_WHERE,
             secure ? _("Open in a browser: %s%s") : _("Open in a browser of this computer: %s%s"),
             secure ? "https://" : "http://", host);
    return buf;
}

const char *slip_foot(void)
{
    return _("At the first log-in you choose your own password. Then throw this slip away.");
}
