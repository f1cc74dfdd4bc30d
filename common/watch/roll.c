// SPDX-License-Identifier: Apache-2.0
#include "common/watch/roll.h"

#include <stdlib.h>

#include "common/base/arena.h"
#include "common/base/dict.h"
#include "common/base/vec.h"
#include "common/node/pages.h"

struct roll {
    dict_t *refs;
    char **texts; // by the number of the reference
    size_t n, room;
};

roll_t *roll_new(void)
{
    roll_t *self = xcalloc(1, sizeof *self);
    self->refs = dict_new();
    return self;
}

void roll_destroy(roll_t **self_p)
{
    roll_t *self = *self_p;
    if (self == NULL) return;
    for (size_t i = 0; i < self->n; i++) free(self->texts[i]);
    free(self->texts);
    dict_destroy(&self->refs);
    xfree(self_p);
}

static const char *part(const body_t *body, const char *name)
{
    int field = kind_field(&KIND_IDENTITY, name);
    const char *text = field >= 0 ? body_str(&KIND_IDENTITY, body, (size_t)field) : NULL;
    return text != NULL ? text : "";
}

static char *whole_name(const body_t *body)
{
    const char *middle = part(body, "middle_name");
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "%s %s%s%s", part(body, "last_name"), part(body, "first_name"), *middle != '\0' ? " " : "",
            middle);
    fclose(out);
    return text;
}

void roll_add(roll_t *self, const body_t *identity)
{
    char key[KEY_TEXT_MAX];
    uint32_t number = dict_add(self->refs, slice_text(body_key_shown(&KIND_IDENTITY, identity, key)));
    if (number == self->n) *vec_add(self->texts, self->n, self->room) = whole_name(identity);
}

static bool take(void *context, slice_t wire, const Selenga__Record *record)
{
    body_t *body = NULL;
    (void)wire;
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    if (body_unpack(&KIND_IDENTITY, slice(record->body.data, record->body.len), arena, &body, NULL) == 0)
        roll_add(context, body);
    return true;
}

client_status_t roll_read(roll_t *self, client_t *client, client_why_t *ret_why)
{
    Selenga__List request = SELENGA__LIST__INIT;
    request.has_kind = true;
    request.kind = KIND_IDENTITY.number;
    return pages_each(client, &request, 0, take, NULL, self, ret_why);
}

const char *roll_of(const roll_t *self, const char *ref)
{
    uint32_t number = ref != NULL ? dict_find(self->refs, slice_text(ref)) : DICT_NONE;
    return number < self->n ? self->texts[number] : NULL;
}

size_t roll_count(const roll_t *self)
{
    return self->n;
}

const char *roll_ref(const roll_t *self, size_t i)
{
    return dict_key(self->refs, (uint32_t)i);
}
