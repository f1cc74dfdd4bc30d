// SPDX-License-Identifier: Apache-2.0
#include "services/console/people.h"
#include <stdlib.h>

people_t *people_new(void)
{
    return xcalloc(1, sizeof(people_t));
}

void people_destroy(people_t **people_p)
{
    if (*people_p == NULL) return;
    holding_free(&(*people_p)->identities);
    free(*people_p);
    *people_p = NULL;
}

void people_want(people_t *people, const char *ref)
{
    rid_t id;
    if (people->n == PEOPLE_MOST || ref == NULL || !ref_id(&KIND_IDENTITY, slice_text(ref), &id)) return;
    for (size_t i = 0; i < people->n; i++)
        if (rid_equal(&people->ids[i], &id)) return;
    people->ids[people->n++] = id;
}

bool people_read(page_t *page, people_t *people)
{
    return holding_ids(page, &people->identities, &KIND_IDENTITY, people->ids, people->n);
}

const char *people_name(const people_t *people, const char *ref, char *buf)
{
    const held_t *held = holding_key(&people->identities, ref);
    const char *name = held != NULL ? held_title(&KIND_IDENTITY, held->body, LANG_RU, buf) : "";
    return *name != '\0' ? name : ref != NULL ? ref : "";
}

bool people_have_card(const kind_rule_t *kind)
{
    return kind == &KIND_IDENTITY || kind == &KIND_PERSON || kind == &KIND_EMPLOYMENT;
}

void people_link(html_t *html, const char *ref, const char *text)
{
    html_raw(html, "<a href=\"/p/");
    html_segment(html, ref);
    html_raw(html, "\">");
    html_text(html, text);
    html_raw(html, "</a>");
}

void people_write(page_t *page, const people_t *people, const char *ref)
{
    char name[VIEW_TEXT];
    if (ref == NULL) return;
    if (holding_key(&people->identities, ref) != NULL)
        people_link(&page->body, ref, people_name(people, ref, name));
    else
        html_text(&page->body, ref);
}
