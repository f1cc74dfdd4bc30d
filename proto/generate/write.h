// SPDX-License-Identifier: Apache-2.0
// Writes what follows from the declared kinds, as C. Only from a model without mistakes.
#pragma once
#include "proto/generate/model.h"

// Writes DIR/proto: kinds.h (numbers and rows by name), checks.h (the C functions that kinds name), kinds.c
// (the rows, all kinds, the sheets) and SERVICE.pb-c.h (the messages of its kinds). A file that would not
// change is left alone. false, after a word on stderr, when one cannot be written.
bool write_all(const model_t *model, const char *dir);

void write_rows(const model_t *model, FILE *out);
void write_sheets(const model_t *model, FILE *out);

// A text as C has it.
void write_text(const char *text, FILE *out);
// The upper case of a name, as constants have it.
void write_upper(const char *c_name, FILE *out);
// {"English", "по-русски"}
void write_bilingual(const char *en, const char *ru, FILE *out);
