// SPDX-License-Identifier: Apache-2.0
// Fields of a kind as controls of a form: named after the field, "f." before it; "o." before it is what the
// form began with.
#pragma once
#include "services/console/entry.h"

enum { FIELDS_MAX = 128 }; // of one kind

// What a form says and what is wrong with it.
typedef struct fields {
    const kind_rule_t *kind;
    const char *prefix; // of the names, where a form has records of several kinds; "": none
    arena_t *arena;
    const char *texts[FIELDS_MAX]; // as typed, or as it stands; "": nothing
    fault_t faults[FIELDS_MAX];    // of each; code "": none
    bool wrong;                    // any of them
    fault_t fault;                 // of the record as a whole; code "": none
    struct picker *picker;         // names and searches of references (picker.h); NULL: they are typed
    void (*picker_destroy)(struct picker **picker);
} fields_t;

fields_t *fields_new(const kind_rule_t *kind);
void fields_destroy(fields_t **fields);

// May a person write field i? key: also where it is part of the natural key.
bool fields_has(const kind_rule_t *kind, size_t i, bool key);
// From a record, in the reader's own notation; NULL: all empty.
void fields_of_body(fields_t *fields, const body_t *body, lang_t lang);
// From what was sent, with `mark` before the names ("f.", "o.").
void fields_of_form(fields_t *fields, const form_t *form, const char *mark);
// The body that they make: *ret_set has room for FIELDS_MAX numbers. False: something is wrong, and `faults`
// says what. keys: the natural key is taken from `base` where that is not NULL.
bool fields_body(fields_t *fields, const body_t *base, body_t **ret_body, uint32_t *ret_set,
                 size_t *ret_n_set);
// A body with field i alone, as it was typed. False: something is wrong with it.
bool fields_one(fields_t *fields, size_t i, body_t **ret_body);
// Puts a fault of the node to the field that it names.
void fields_fault(fields_t *fields, const fault_t *fault);

// The controls; key: with those of the natural key, which only a new record has.
void fields_write(page_t *page, const fields_t *fields, bool key);
// The control of field i alone.
void fields_write_one(page_t *page, const fields_t *fields, size_t i);
// What is wrong, under a heading, with links to the controls; nothing where nothing is.
void fields_write_faults(page_t *page, const fields_t *fields, const char *heading);
// What the form began with, as hidden fields.
void fields_write_origin(page_t *page, const fields_t *fields);
