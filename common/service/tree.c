// SPDX-License-Identifier: Apache-2.0
#include "common/service/tree.h"
#include <stdio.h>

enum { DEEPEST = 64 }; // more levels than any tree of organisations has, so that a walk ends

// A record of a tree: its key, what is above it, and its level.
typedef struct knot {
    char key[REF_MAX + 1];
    bool has_above;
    rid_t above;
    const field_word_t *word; // with a level; NULL: it may stand anywhere
    char word_field[FIELD_NAME_MAX + 1];
} knot_t;

static void read_level(const kind_rule_t *rule, const body_t *body, knot_t *knot)
{
    for (size_t i = 0; i < rule->n_fields; i++) {
        const char *text = rule->fields[i].n_words > 0 ? body_str(rule, body, i) : NULL;
        const field_word_t *word = text != NULL ? field_word(&rule->fields[i], slice_text(text)) : NULL;
        if (word == NULL || word->level == 0) continue;
        knot->word = word;
        snprintf(knot->word_field, sizeof knot->word_field, "%s", rule->fields[i].name);
    }
}

static void read_knot(const kind_rule_t *rule, const body_t *body, knot_t *knot)
{
    char key[KEY_TEXT_MAX];
    body_ref_t ref;
    size_t state = 0;
    *knot = (knot_t){0};
    snprintf(knot->key, sizeof knot->key, "%.*s", REF_MAX, body_key_shown(rule, body, key));
    while (body_next_ref(rule, body, &state, &ref)) {
        if (strcmp(rule->fields[ref.field].name, rule->above_field) != 0 || !ref.complete) continue;
        knot->has_above = true;
        knot->above = ref.id;
    }
    read_level(rule, body, knot);
}

// What is written together with it counts as written.
static const body_t *find_sibling(const author_t *author, const kind_rule_t *rule, const rid_t *id)
{
    rid_t of;
    for (size_t i = author->n_siblings; i-- > 0;) {
        const body_t *body = author->siblings[i].body;
        if (author->siblings[i].rule == rule && body != NULL && body_id(rule, body, &of) &&
            rid_equal(&of, id))
            return body;
    }
    return NULL;
}

// 0, KV_NONE, or -errno.
static int get_knot(const author_t *author, store_txn_t *txn, const kind_rule_t *rule, const rid_t *id,
                    knot_t *knot)
{
    record_t held;
    body_t *body = NULL;
    const body_t *sibling = find_sibling(author, rule, id);
    if (sibling != NULL) return read_knot(rule, sibling, knot), 0;
    int rc = store_get(txn, id, &held, NULL);
    if (rc != 0 || held.deleted || held.kind != rule->number) return rc < 0 ? rc : KV_NONE;
    AUTO(arena_destroy) arena_t *arena = arena_new(held.body.size);
    if (body_unpack(rule, held.body, arena, &body, NULL) != 0) return KV_NONE;
    read_knot(rule, body, knot);
    return 0;
}

static void append_key(char *chain, const char *key)
{
    size_t n = strlen(chain);
    n += (size_t)snprintf(chain + n, FAULT_ARG - n, "%s", n > 0 ? " → " : "");
    if (n < FAULT_ARG) snprintf(chain + n, FAULT_ARG - n, "%.*s", (int)(FAULT_ARG - 1 - n), key);
}

static int check_cycle(const author_t *author, store_txn_t *txn, const kind_rule_t *rule, const rid_t *id,
                       const knot_t *own, fault_t *ret_fault)
{
    knot_t knot = *own;
    char chain[FAULT_ARG] = "";
    append_key(chain, own->key);
    for (unsigned depth = 0; knot.has_above; depth++) {
        bool back = rid_equal(&knot.above, id);
        int rc = back ? 0 : get_knot(author, txn, rule, &knot.above, &knot);
        if (rc != 0) return rc < 0 ? rc : 0; // its own reference is judged elsewhere
        append_key(chain, back ? own->key : knot.key);
        if (!back && depth < DEEPEST) continue;
        fault_set(ret_fault, "TREE-CYCLE", rule->above_field, own->key, chain);
        return RECORD_E_FAULT;
    }
    return 0;
}

static int refuse_rank(const kind_rule_t *rule, const knot_t *low, const knot_t *high, fault_t *ret_fault)
{
    char below[FAULT_ARG], above[FAULT_ARG];
    if (low->word == NULL || high->word == NULL || low->word->level <= high->word->level) return 0;
    snprintf(below, sizeof below, "%s.%s %s", rule->name, low->word_field, low->word->code);
    snprintf(above, sizeof above, "%s.%s %s", rule->name, high->word_field, high->word->code);
    fault_set(ret_fault, "TREE-RANK", rule->above_field, low->key, below, high->key, above);
    return RECORD_E_FAULT;
}

typedef struct under {
    const author_t *author;
    store_txn_t *txn;
    const kind_rule_t *rule;
    const knot_t *own;
    fault_t *fault;
} under_t;

static int look_under(void *arg, const rid_t *id)
{
    const under_t *under = arg;
    knot_t knot;
    int rc = get_knot(under->author, under->txn, under->rule, id, &knot);
    return rc == 0 ? refuse_rank(under->rule, &knot, under->own, under->fault) : rc < 0 ? rc : 0;
}

static int check_rank(const author_t *author, store_txn_t *txn, const kind_rule_t *rule, const rid_t *id,
                      const knot_t *before, const knot_t *own, fault_t *ret_fault)
{
    knot_t above = {0};
    int rc = own->has_above ? get_knot(author, txn, rule, &own->above, &above) : KV_NONE;
    if (rc < 0) return rc;
    if (rc == 0 && refuse_rank(rule, own, &above, ret_fault) != 0) return RECORD_E_FAULT;
    if (before == NULL || before->word == own->word) return 0;
    // It has become another; those under it stay as they are.
    under_t under = {author, txn, rule, own, ret_fault};
    return store_referring(txn, id, rule->number, NULL, look_under, &under);
}

int tree_check(const author_t *author, store_txn_t *txn, const kind_rule_t *rule, const rid_t *id,
               slice_t old, const body_t *body, arena_t *arena, fault_t *ret_fault)
{
    knot_t own, before;
    body_t *was = NULL;
    if (rule->above_field == NULL || author->program) return 0;
    read_knot(rule, body, &own);
    bool had = old.size > 0 && body_unpack(rule, old, arena, &was, NULL) == 0;
    if (had) read_knot(rule, was, &before);
    if (rule->one_tree && had && before.has_above && !own.has_above) {
        bool root = !author->place->has_parent && strcmp(own.key, author->own_org) == 0;
        if (!root) return fault_set(ret_fault, "TREE-ROOT", rule->above_field, own.key), RECORD_E_FAULT;
    }
    int rc = check_cycle(author, txn, rule, id, &own, ret_fault);
    return rc != 0 ? rc : check_rank(author, txn, rule, id, had ? &before : NULL, &own, ret_fault);
}
