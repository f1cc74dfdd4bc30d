// SPDX-License-Identifier: Apache-2.0
// The calendar as iCalendar (RFC 5545), for the calendars of phones and mail programs. An entry has the UID
// of its record and a SEQUENCE that grows with it, so that importing twice changes and does not double. Days
// are dates without zone: with one they shift. Nobody is named.
#pragma once
#include "common/forms/calendar.h"
#include <stdio.h>

// All entries that are shown, in the language of the thread. now_s: unix time, when the file is made.
void ics_write(const calendar_t *calendar, int64_t now_s, FILE *out);
// For tests: one line, folded.
void ics_line(FILE *out, const char *line);
