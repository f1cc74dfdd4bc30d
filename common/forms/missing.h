// SPDX-License-Identifier: Apache-2.0
// Who is here and not in the file: of each organisation that the file has rows of. Nothing is done about it;
// the reader is told.
#pragma once
#include "common/forms/sheet.h"
#include "proto/api.pb-c.h"
#include "proto/record.pb-c.h"

typedef struct missing missing_t;

// NULL: the keys of this sheet name no organisation, or only through a person, so that a file is not all
// there is of one.
missing_t *missing_new(const sheet_t *sheet);
void missing_destroy(missing_t **self);

// The file has a row with this key (sheet_result_t).
void missing_note(missing_t *self, slice_t key);

// What is to be asked about organisation i of the file; false: there are no more. The request refers to what
// the missing_t has.
bool missing_request(const missing_t *self, uint32_t i, Selenga__List *ret_request);
// A record of the answer: who it is, into buf of KEY_TEXT_MAX bytes; NULL: the file has him, or his record
// has ended by today.
const char *missing_look(const missing_t *self, const Selenga__Record *record, char *buf);
