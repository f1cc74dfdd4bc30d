// SPDX-License-Identifier: Apache-2.0
// What a reference picked by name may become, as controls.
#pragma once
#include "services/console/picker.h"

// The choices of field i: what it holds and what fits.
void choices_write(html_t *html, const fields_t *fields, size_t i);
// How many fit, in words; "" where nothing was sought. Into buf of `size` bytes.
const char *choices_said(const fields_t *fields, size_t i, char *buf, size_t size);
// What stands above a form that was not saved because something in it is sought; nothing where nothing is.
void choices_note(page_t *page, const fields_t *fields);
// In front of a form with such fields: a key that sends it means to save it, not to search.
void choices_open(html_t *html);
