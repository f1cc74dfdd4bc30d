// SPDX-License-Identifier: Apache-2.0
// Shape of what programs know of each kind. proto/generate writes these rows in every build, from the
// messages in proto/kinds and their options: storage, checks, lanes, JSON, sheets, command line and help
// follow from them. common/schema/kinds.h finds rows.
#pragma once
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Kinds below SYSTEM_KINDS live in any service's store; proto/kinds/system has their bodies.
enum { KIND_CONFLICT = 1, KIND_REFUSAL = 2, KIND_VERDICT = 3, SYSTEM_KINDS = 100 };

enum {
    CODE_MAX = 64,         // bytes of a code: it is part of keys, references and sheets
    REF_MAX = 200,         // bytes of a reference
    FIELD_NAME_MAX = 39,   // bytes of a field's name: a fault names it
    LIST_COLUMNS_MAX = 9,  // columns of a kind in lists: a terminal is not wider
    FACT_COLUMNS_MAX = 12, // columns of a fact table
    TITLE_STEPS = 4,       // kinds from which one title may be handed on
};

// What a person reads, in both languages.
typedef struct bilingual {
    const char *en, *ru;
} bilingual_t;

// Personal-data class of a field (152-ФЗ; domain PD-01). There is no zero: a field without a class does not
// build.
typedef enum pd_class {
    PD_IDENTITY = 1, // names a person: names, birth date, СНИЛС, contacts
    PD_SERVICE,      // about a person's work, under a pseudonym
    PD_EVALUATIVE,   // judges a person: scores, deficits
    PD_SPECIAL,      // health and the like: reasons of absence
    PD_PUBLIC,       // not about a person
} pd_class_t;

typedef enum field_type {
    FIELD_TEXT = 1, // UTF-8, 1..max bytes, no control characters or marks that turn writing
    FIELD_DATE,     // sint32, days since 1970-01-01; ISO 8601 outside
    FIELD_BOOL,     // bool; yes/no in sheets
    FIELD_INT,      // int64, min..max
    FIELD_DECIMAL,  // int64 of hundredths, min..max in hundredths; "0.25" outside
    FIELD_ENUM,     // text, one of `values`
    FIELD_SET,      // text, codes joined by ';', each one of `values` unless that is NULL
    FIELD_REF,      // text, natural key of a record of kind `ref` ("ORG:NUMBER" for people)
    FIELD_REFS,     // the same, several joined by ';'
    FIELD_BYTES,    // bytes, hex outside
    FIELD_DIGITS,   // text of exactly `max` digits; blanks and dashes between them are dropped on the way in
    FIELD_ANY_REF,  // text, KIND:KEY, natural key of a record of any kind that has one
} field_type_t;

enum {
    F_REQUIRED = 1,   // must be there
    F_KEY = 2,        // part of the natural key, in the order of rows
    F_INDEX = 4,      // FIELD_REF, FIELD_ANY_REF only: the store can list records by this reference
    F_DERIVED = 8,    // set by the home's service, refused from outside
    F_LIST = 16,      // a column of lists
    F_FACT = 32,      // a column of the kind's fact table
    F_CODE = 64,      // FIELD_TEXT only: others refer to it, so ':' and ';' are not in it
    F_REASON = 128,   // FIELD_TEXT only: codes of common/schema/reason.h, or a text
    F_ACCOUNT = 256,  // facts about people are made of it
    F_TITLE = 512,    // FIELD_TEXT, FIELD_REF only: part of what people call the record
    F_EXPIRES = 1024, // FIELD_DATE, F_MOMENT: a term that ends by it
    F_MOMENT = 2048,  // FIELD_INT only: unix time
    F_OPEN = 4096,    // FIELD_SET only: other codes than its words may stand there; `values` is NULL
};

enum {
    FIELD_MAX = 400,    // bytes of a text field whose row does not say
    FIELD_LIMIT = 2048, // no row may allow more
};

// A change of state: to which word, who may make it, which fields must be there afterwards.
typedef struct state_change {
    const char *to;
    unsigned levels;   // W_SCHOOL ... W_FEDERATION of the home; 0: all that may write the kind
    unsigned roles;    // R_ flags; 0: likewise
    const char *needs; // names of fields, separated by spaces
} state_change_t;

// One of the words that a field may be. Where any has `start` or a change the field is a state, and a word
// without changes is final.
typedef struct field_word {
    const char *code; // as it is kept
    bilingual_t label;
    bool start;  // a record may begin in it
    bool unsaid; // a record that says none stands in it
    const state_change_t *next;
    size_t n_next;
    unsigned awaits;            // W_ flags: levels whose review is waited for meanwhile
    unsigned level;             // W_ flag: where a record of this word stands in its tree; 0: anywhere
    const char *const *aliases; // other words for it in sheets; NULL at the end, or NULL: none
} field_word_t;

typedef struct field_rule {
    const char *name; // the message's field
    pd_class_t pd;
    field_type_t type;
    unsigned flags;
    int64_t min, max;          // FIELD_INT, FIELD_DECIMAL; text and bytes: max bytes, 0 = FIELD_MAX
    const char *values;        // FIELD_ENUM, FIELD_SET: codes separated by spaces
    const field_word_t *words; // the same with their labels
    size_t n_words;
    uint32_t ref;          // FIELD_REF, FIELD_REFS: number of the kind
    uint32_t not_before;   // FIELD_DATE: number of the date that it may not precede; 0: none
    uint32_t differs_from; // text: number of the field whose text it may not have; 0: none
    bilingual_t label;     // short, as headings and forms have it
    bilingual_t help;
    const char *const *aliases; // other headings of its column in sheets; NULL at the end, or NULL: none
    // References: the column of lists in which stands what people call the record it leads to; NULL: no words
    // for it. Its name is this one's with ".name" behind it.
    const struct field_rule *named;
} field_rule_t;

// Reach (design 2.3). Ranks of levels: 0 school, 1 municipality, 2 region, 3 federation.
// Upwards: 1 + the highest rank it may enter.
enum reach_up { UP_HOME = 0, UP_SCHOOL = 1, UP_MUNICIPALITY = 2, UP_REGION = 3, UP_ALL = 15 };
enum reach_down { DOWN_NONE = 0, DOWN_SERVING = 1, DOWN_ALL = 2, DOWN_TO = 3 };

// Who may write a kind: levels of the home node, and how the home stands to the record's organisation.
enum {
    W_SCHOOL = 1,
    W_MUNICIPALITY = 2,
    W_REGION = 4,
    W_FEDERATION = 8,
    W_ANY = 15,
    W_SERVING = 16, // only the node that serves the record's organisation
    W_ABOVE = 32,   // the root, or a node above the record's organisation or serving it
    W_PROGRAM = 64, // only the service itself; not from the command line
};

// Roles of people (design 3).
enum {
    R_TEACHER = 1,
    R_COORDINATOR = 2,
    R_METHODIST = 4,
    R_REGIONAL = 8,
    R_ANALYST = 16,
    R_OPERATOR = 32,
    R_PRIVACY = 64,
    R_OFFICES = R_COORDINATOR | R_METHODIST | R_REGIONAL,
    R_ANY = 127,
};

// What people may do with records of a kind through an account: R_ flags. Who is not named may not.
typedef struct access_rule {
    unsigned read, write, remove;
    const char *own; // names of fields, separated by spaces: references to the person whose the record is, or
                     // the number that names one beside the organisation; "": nobody's
} access_rule_t;

// What others of the same days something in the calendar is in the way of.
enum clash_with { CLASH_ALL = 0, CLASH_KIND = 1, CLASH_NONE = 2 };

// How records stand in the calendar: names of fields, NULL: none. Either they have days (`from`), or, with
// `of` and `who`, they say that a person is busy with a record that has; from `from` to `to`, if there are.
typedef struct calendar_rule {
    const char *from, *to, *place;
    const char *also; // references to organisations beside its own
    enum clash_with clashes;
    const char *with; // refers to a record: who is busy with that one is busy with this
    const char *of, *who;
    const char *off; // FIELD=WORD, separated by spaces: with any of them it does not take place; "": always
} calendar_rule_t;

typedef struct kind_rule {
    uint32_t number; // service * 100 + n, never reused
    const char *name;
    const ProtobufCMessageDescriptor *message;
    const field_rule_t *fields; // one per field of the message, in order of field number
    size_t n_fields;
    uint8_t up;            // enum reach_up
    uint8_t down;          // enum reach_down
    bool leads;            // receivers admit other records by it: it never waits behind a load
    bool derived;          // its home computes it from other records: a version that is lost is no loss
    unsigned writers;      // W_ flags
    const char *org_field; // field that names the record's organisation: a code, or the ORG of an ORG:NUMBER;
                           // NULL: the node's own
    const char *about_field;   // field that refers to what the record is about; NULL: its reach and
                               // organisation are its own
    const char *speaker_field; // field that names the organisation that speaks; NULL: none does
    const char *speaker_level; // field that names the level at which it speaks; NULL: none does
    const char *ends_by;       // date by which a record ends; NULL: none
    const char *above_field;   // field that refers to the record above it, of the same kind; NULL: no tree
    bool
        one_tree; // whoever is above the first is so for all: a record that has one above it does not lose it
    // Checks across fields that no rule of a field says; NULL when none. Returns NULL or a fault code of
    // common/schema/fault.h; *ret_field names the field.
    const char *(*check)(const ProtobufCMessage *body, const char **ret_field);
    // Services of the same node that read its records: bit 1 << number of the service. From any home, or only
    // from this node and those above it.
    unsigned read_by, read_near_by;
    uint32_t titled; // number of the kind with the titles of its records, under the same natural key: itself,
                     // or one of its sheet; 0: they have none
    access_rule_t access;
    const calendar_rule_t *calendar; // NULL: nothing of it stands there
    bilingual_t label;               // what one record is called
    bilingual_t help;
} kind_rule_t;

// All kinds, ascending by number.
extern const kind_rule_t *const KINDS[];
extern const size_t N_KINDS;

// Sheets: one row of a sheet is one record of each of its kinds, written together.
enum { SHEET_KINDS_MAX = 3, SHEET_COLUMNS_MAX = 64, NO_FIELD = -1 };

typedef struct sheet_column {
    const char *name;
    bool required;
    int field[SHEET_KINDS_MAX]; // index of the field in each kind, or NO_FIELD
    const field_rule_t *rule;   // its label, help and aliases
} sheet_column_t;

// A heading that stands for several columns; without words a cell is parted at its blanks.
enum { SPLIT_MAX = 4 };

typedef struct sheet_gives {
    const char *is;
    const char *cells[SPLIT_MAX];
} sheet_gives_t;

typedef struct sheet_split {
    const char *const *headings; // NULL at the end
    size_t into[SPLIT_MAX];      // columns
    size_t n_into;
    const sheet_gives_t *words;
    size_t n_words;
} sheet_split_t;

typedef struct sheet_rule {
    const char *name;
    const kind_rule_t *kinds[SHEET_KINDS_MAX];
    size_t n_kinds;
    const sheet_column_t *columns;
    size_t n_columns;
    const sheet_split_t *splits;
    size_t n_splits;
} sheet_rule_t;

extern const sheet_rule_t SHEETS[];
extern const size_t N_SHEETS;
