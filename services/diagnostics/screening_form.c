// SPDX-License-Identifier: Apache-2.0
#include "services/diagnostics/screening_form.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/vec.h"
#include "common/node/msg.h"
#include "common/schema/body.h"
#include "proto/kinds.h"
#include "services/diagnostics/results.h"

#define GAP " … " // where what stands behind the answer goes on

Selenga__Instrument *screening_of(const record_t *r)
{
    if (r->kind != N_INSTRUMENT || r->deleted) return NULL;
    Selenga__Instrument *m = sound_body(&KIND_INSTRUMENT, &selenga__instrument__descriptor, r);
    if (m != NULL && (strcmp(m->class_, "screening") != 0 || strcmp(m->state, "approved") != 0))
        msg_body_free(&m);
    return m;
}

void screening_form_free(screening_form_t *form)
{
    for (size_t i = 0; i < form->n; i++) {
        free(form->questions[i].text);
        free(form->questions[i].held);
    }
    free(form->questions);
    free(form->title);
    *form = (screening_form_t){0};
}

static int take_question(void *arg, const record_t *r, const place_t *place)
{
    screening_form_t *form = arg;
    (void)place;
    AUTO(msg_body_free) Selenga__Question *m = sound_body(&KIND_QUESTION, &selenga__question__descriptor, r);
    if (m == NULL || form->n > SCREENING_QUESTIONS_MAX) return 0;
    screening_question_t *q = vec_add(form->questions, form->n, form->room);
    const char *options = m->options != NULL ? m->options : "", *ending = m->ending != NULL ? m->ending : "";
    size_t size = strlen(m->text) + strlen(GAP) + strlen(ending) + 1;
    *q = (screening_question_t){.number = m->number,
                                .text = xmalloc(size),
                                .before_gap = strlen(m->text),
                                .held = xmalloc(strlen(options) + 1)};
    snprintf(q->text, size, "%s%s%s", m->text, *ending != '\0' ? GAP : "", ending);
    if (strcmp(m->type, quiz_type_word(QUIZ_SINGLE)) == 0)
        q->n = quiz_options_each(options, q->held, q->options);
    for (size_t i = 0; i < q->n; i++)
        if (q->options[i][0] == '\0') q->n = 0;
    if (q->n == 1) q->n = 0;
    return 0;
}

static int by_number(const void *a, const void *b)
{
    const screening_question_t *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static void hash_text(crypto_generichash_state *state, const char *text)
{
    crypto_generichash_update(state, (const uint8_t *)text, strlen(text) + 1);
}

static uint64_t mark_of(const screening_form_t *form)
{
    crypto_generichash_state state;
    uint8_t hash[crypto_generichash_BYTES], number[8];
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t i = 0; i < form->n; i++) {
        const screening_question_t *q = &form->questions[i];
        be64_store(number, (uint64_t)q->number);
        crypto_generichash_update(&state, number, sizeof number);
        be64_store(number, q->n);
        crypto_generichash_update(&state, number, sizeof number);
        hash_text(&state, q->text);
        for (size_t k = 0; k < q->n; k++) hash_text(&state, q->options[k]);
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    return be64_load(hash);
}

static int refuse(fault_t *ret_fault, const char *code, const char *what)
{
    fault_set(ret_fault, code, NULL, what);
    return SCREENING_E_FAULT;
}

static int refuse_question(fault_t *ret_fault, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    return refuse(ret_fault, "SCREENING-UNFIT", text);
}

static int check(const screening_form_t *form, fault_t *ret_fault)
{
    if (form->n == 0) return refuse(ret_fault, "SCREENING-CLOSED", form->code);
    if (form->n > SCREENING_QUESTIONS_MAX)
        return refuse_question(ret_fault, form->questions[SCREENING_QUESTIONS_MAX].number);
    for (size_t i = 0; i < form->n; i++)
        if (form->questions[i].n == 0) return refuse_question(ret_fault, form->questions[i].number);
    return 0;
}

int screening_form_read(store_txn_t *txn, const char *code, screening_form_t *ret, fault_t *ret_fault)
{
    record_t r;
    *ret = (screening_form_t){0};
    if (strlen(code) > REF_MAX || !ref_id(&KIND_INSTRUMENT, slice_text(code), &ret->instrument))
        return refuse(ret_fault, "SCREENING-CLOSED", "");
    int rc = store_get(txn, &ret->instrument, &r, NULL);
    if (rc < 0) return rc;
    (void)text_copy(ret->code, sizeof ret->code, code);
    AUTO(msg_body_free) Selenga__Instrument *m = rc == 0 ? screening_of(&r) : NULL;
    if (m == NULL) return refuse(ret_fault, "SCREENING-CLOSED", code);
    ret->title = xstrdup(m->title);
    rc = store_each_referring(txn, &ret->instrument, N_QUESTION, NULL, take_question, ret);
    if (rc < 0) return rc;
    if (ret->n > 0) qsort(ret->questions, ret->n, sizeof *ret->questions, by_number);
    ret->mark = mark_of(ret);
    return check(ret, ret_fault);
}
