// SPDX-License-Identifier: Apache-2.0
// What proto/generate knows of the declared kinds: the messages of proto/kinds, as protoc-c describes them,
// with their options read. Everything lives until the program ends.
#pragma once
#include "proto/kind.h"
#include "proto/options.pb-c.h"
#include <google/protobuf/descriptor.pb-c.h>
#include <stdio.h>

enum { SHEET_SPLITS_MAX = 8 };
enum { NAME_SIZE = 64 }; // of a kind's name and of what C calls it

typedef struct kind kind_t;

typedef struct field {
    const char *name;
    const Google__Protobuf__FieldDescriptorProto *proto;
    const Selenga__FieldOptions *says; // never NULL; empty where nothing is declared
    bool declared;
    int line;
    // What follows, once the options have been found to fit.
    field_type_t type;
    unsigned flags;
    const kind_t *ref;
} field_t;

struct kind {
    const Google__Protobuf__DescriptorProto *proto;
    const Selenga__KindOptions *says;
    const char *file; // proto/kinds/SERVICE/TOPIC.proto
    int line;
    int service;             // number of the folder's service; 0: none
    char name[NAME_SIZE];    // mentoring-pair
    char c_name[NAME_SIZE];  // mentoring_pair
    char message[NAME_SIZE]; // what protoc-c makes of the message's name
    field_t *fields;         // ascending by number
    size_t n_fields;
};

typedef struct sheet {
    const char *name;
    uint32_t order;
    const kind_t *kinds[SHEET_KINDS_MAX];
    size_t n_kinds;
    const char *columns[SHEET_COLUMNS_MAX];
    size_t n_columns;
    const Selenga__Split *splits[SHEET_SPLITS_MAX];
    size_t n_splits;
} sheet_t;

typedef struct model {
    const Google__Protobuf__FileDescriptorSet *files;
    kind_t *kinds; // ascending by number
    size_t n_kinds;
    sheet_t *sheets; // in their order
    size_t n_sheets;
    FILE *out; // mistakes are said here
    size_t mistakes;
} model_t;

extern const char *const FOLDERS[]; // of proto/kinds, the number of its service each; NULL at the end

// Reads a descriptor set (protoc-c --descriptor_set_out --include_imports --include_source_info). false when
// these bytes are none. Mistakes of single messages are said and counted.
bool model_read(model_t *model, const uint8_t *bytes, size_t size);
// Finds out what follows from the options, and says what does not fit.
void model_check(model_t *model);
void model_add_sheets(model_t *model);

// Says a mistake: what is wrong and what to write instead, behind the file and line.
void complain(model_t *model, const kind_t *kind, const field_t *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// NULL when there is none.
const kind_t *find_kind(const model_t *model, const char *name);
const field_t *find_field(const kind_t *kind, const char *name);
bool has_flag(const field_t *field, unsigned flag);
// Has the field a column in the sheet of its kind?
bool has_column(const field_t *field);
const char *sheet_name_of(const kind_t *kind); // NULL: it has none

void check_field(model_t *model, const kind_t *kind, field_t *field);
void check_words(model_t *model, const kind_t *kind, const field_t *field);
void check_access(model_t *model, const kind_t *kind);
unsigned roles_of(const Selenga__Role__Is *is, size_t n); // R_ flags
void check_facts(model_t *model, const kind_t *kind);
void check_calendar(model_t *model, const kind_t *kind);
void check_across(model_t *model, const kind_t *kind, const field_t *field);

void check_titles(model_t *model, const kind_t *kind);
// The kind of the same sheet, mostly itself, whose records have the titles; NULL: none has.
const kind_t *titled_kind(const model_t *model, const kind_t *kind);
bool is_named(const model_t *model, const field_t *field); // does it lead to what has a title?
// Class of personal data of the titles of a kind; NULL: of any.
unsigned title_class(const model_t *model, const kind_t *kind);

void *must(void *allocated); // ends the program when it is NULL
