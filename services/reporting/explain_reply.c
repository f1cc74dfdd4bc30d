// SPDX-License-Identifier: Apache-2.0
// See explain_reply.h. A person is named by a staff number of his, of the organisation for which he is told
// if he has one there.
#include "services/reporting/explain_reply.h"
#include "common/node/msg.h"
#include "proto/registry.pb-c.h"
#include <stdlib.h>

enum { REF = 512 };

static char *pseudonym_text(const table_t *table, uint32_t person)
{
    const uint8_t *bytes = (const uint8_t *)dict_key(table->people->persons, person);
    char text[2 * PSEUDONYM_BYTES + 1];
    for (size_t i = 0; i < PSEUDONYM_BYTES; i++) snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return xstrdup(text);
}

// ORG:NUMBER of a staff record. 0 with NULL where the store does not hold it.
static int staff_ref(store_txn_t *txn, const table_t *table, uint32_t row, char **ret_ref)
{
    rid_t id;
    record_t r;
    char text[REF];
    *ret_ref = NULL;
    if (row == DICT_NONE) return 0;
    memcpy(id.b, dict_key(table->rows->tables[TABLE_PERSON].ids, row), sizeof id.b);
    int rc = store_get(txn, &id, &r, NULL);
    if (rc != 0 || r.deleted) return rc < 0 ? rc : 0;
    AUTO(msg_body_free) Selenga__Person *m = msg_body_unpack(&selenga__person__descriptor, r.body);
    if (m == NULL || m->org == NULL || m->number == NULL) return 0;
    snprintf(text, sizeof text, "%s:%s", m->org, m->number);
    *ret_ref = xstrdup(text);
    return 0;
}

static Selenga__ExplainWay *make_way(const explain_way_t *from)
{
    Selenga__ExplainWay *way = xmalloc(sizeof *way);
    selenga__explain_way__init(way);
    way->has_lacks = way->has_excess = 1;
    way->lacks = from->lacks;
    way->excess = from->excess;
    return way;
}

static int make_person(store_txn_t *txn, const table_t *table, const explain_person_t *from, uint32_t staff,
                       Selenga__Explained **ret)
{
    Selenga__Explained *m = *ret = xmalloc(sizeof *m);
    selenga__explained__init(m);
    m->org = xstrdup(orgs_code(table->orgs, from->org));
    m->has_numerator = m->has_denominator = 1;
    m->numerator = from->numerator;
    m->denominator = from->denominator;
    m->ways = xcalloc((size_t)from->n_ways + 1, sizeof *m->ways);
    for (uint32_t i = 0; i < from->n_ways; i++) m->ways[m->n_ways++] = make_way(&from->ways[i]);
    int rc = staff_ref(txn, table, staff, &m->person);
    if (rc == 0 && m->person == NULL) m->person = pseudonym_text(table, from->person);
    return rc;
}

static void add_first(Selenga__ReportReply *reply, const table_t *table, const period_t *period,
                      uint32_t unit)
{
    const shape_t *shape = shape_at(TABLE_PERSON);
    uint32_t n;
    AUTO(xfree) uint32_t *silent = explain_silent(table, period, unit, &n);
    reply->silent = xcalloc((size_t)n + 1, sizeof *reply->silent);
    for (uint32_t i = 0; i < n; i++)
        reply->silent[reply->n_silent++] = xstrdup(orgs_code(table->orgs, silent[i]));
    reply->flags = xcalloc(shape->n_flags + 1, sizeof *reply->flags);
    for (size_t i = 0; i < shape->n_flags; i++) {
        Selenga__FlagWord *word = reply->flags[reply->n_flags++] = xmalloc(sizeof *word);
        selenga__flag_word__init(word);
        word->has_flag = 1;
        word->flag = shape->flags[i].flag;
        word->text = xstrdup(shape->flags[i].help);
    }
}

int explain_reply(store_txn_t *txn, explaining_t *explaining, uint32_t from, Selenga__ReportReply **ret_reply)
{
    char text[PERIOD_TEXT_MAX];
    AUTO(xfree) explain_page_t *page = xmalloc(sizeof *page);
    Selenga__ReportReply *reply = *ret_reply = xmalloc(sizeof *reply);
    explain_people(explaining, from, page);
    selenga__report_reply__init(reply);
    period_text(&explaining->period, text);
    reply->period = xstrdup(text);
    reply->has_of_people = 1;
    reply->of_people = explain_has_people(explaining->definition);
    reply->has_next = page->next != DICT_NONE;
    reply->next = page->next;
    if (from == 0) add_first(reply, explaining->table, &explaining->period, explaining->unit);
    reply->people = xcalloc((size_t)page->n + 1, sizeof *reply->people);
    int rc = 0;
    for (uint32_t i = 0; i < page->n && rc == 0; i++) {
        uint32_t staff = explain_staff(explaining, &page->people[i]);
        rc = make_person(txn, explaining->table, &page->people[i], staff, &reply->people[reply->n_people++]);
    }
    return rc;
}
