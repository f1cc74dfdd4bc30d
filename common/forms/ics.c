// SPDX-License-Identifier: Apache-2.0
#include "common/forms/ics.h"
#include "common/base/date.h"
#include "common/base/i18n.h"
#include <stdlib.h>

enum { LINE_MOST = 75, MOMENT = 32, DAY = 16 };

// Octets of the character that begins here.
static size_t width(const char *at)
{
    size_t n = 1;
    while (((unsigned char)at[n] & 0xc0) == 0x80) n++;
    return n;
}

// A line longer than 75 octets goes on in the next behind a blank, never within a character.
void ics_line(FILE *out, const char *line)
{
    size_t used = 0;
    while (*line != '\0') {
        size_t n = width(line);
        if (used + n > LINE_MOST) {
            fputs("\r\n ", out);
            used = 1;
        }
        fwrite(line, 1, n, out);
        line += n;
        used += n;
    }
    fputs("\r\n", out);
}

// Text of a property: what has a meaning there is escaped, and of control characters only ends of lines are
// said.
static void put_text(FILE *line, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '\\' || c == ';' || c == ',')
            fprintf(line, "\\%c", c);
        else if (c == '\n')
            fputs("\\n", line);
        else if (c >= ' ' && c != 0x7f)
            fputc(c, line);
    }
}

static void property(FILE *out, const char *name, const char *text)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *line = open_memstream(&bytes, &size);
    if (line == NULL) out_of_memory();
    fprintf(line, "%s:", name);
    put_text(line, text);
    fclose(line);
    ics_line(out, bytes);
    free(bytes);
}

static const char *day_text(int32_t day, char buf[DAY])
{
    civil_t civil = date_civil(day);
    snprintf(buf, DAY, "%04d%02d%02d", civil.year % 10000, civil.month % 100, civil.day % 100);
    return buf;
}

// UTC, as 20240901T083000Z.
static const char *moment_of(int64_t unix_s, char buf[MOMENT])
{
    int64_t day = unix_s / 86400, s = unix_s % 86400;
    char text[DAY];
    snprintf(buf, MOMENT, "%sT%02d%02d%02dZ", day_text((int32_t)day, text), (int)(s / 3600),
             (int)(s / 60 % 60), (int)(s % 60));
    return buf;
}

static void write_uid(const calendar_entry_t *entry, FILE *out)
{
    char id[RID_TEXT], line[LINE_MOST + 1];
    snprintf(line, sizeof line, "UID:%s@selenga", rid_text(&entry->id, id));
    ics_line(out, line);
}

static void write_days(const calendar_entry_t *entry, FILE *out)
{
    char line[LINE_MOST + 1], day[DAY];
    snprintf(line, sizeof line, "DTSTART;VALUE=DATE:%s", day_text(entry->from, day));
    ics_line(out, line);
    snprintf(line, sizeof line, "DTEND;VALUE=DATE:%s", day_text(entry->to + 1, day)); // the day behind it
    ics_line(out, line);
}

static void write_alarm(const calendar_entry_t *entry, FILE *out)
{
    ics_line(out, "BEGIN:VALARM");
    ics_line(out, "ACTION:DISPLAY");
    ics_line(out, "TRIGGER:-P1D");
    property(out, "DESCRIPTION", entry->title);
    ics_line(out, "END:VALARM");
}

static void write_entry(const calendar_entry_t *entry, const char *stamp, FILE *out)
{
    char line[LINE_MOST + 1], what[VIEW_TEXT];
    ics_line(out, "BEGIN:VEVENT");
    write_uid(entry, out);
    snprintf(line, sizeof line, "DTSTAMP:%s", stamp);
    ics_line(out, line);
    snprintf(line, sizeof line, "SEQUENCE:%d", (int)entry->sequence);
    ics_line(out, line);
    write_days(entry, out);
    ics_line(out, entry->off ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
    snprintf(what, sizeof what, "%s (%s)", bilingual_text(&entry->kind->label), entry->org);
    property(out, "SUMMARY", *entry->title != '\0' ? entry->title : what);
    property(out, "DESCRIPTION", what);
    if (entry->place != NULL) property(out, "LOCATION", entry->place);
    ics_line(out, "TRANSP:TRANSPARENT"); // it says when something is, not that the reader is busy
    if (!entry->off) write_alarm(entry, out);
    ics_line(out, "END:VEVENT");
}

void ics_write(const calendar_t *calendar, int64_t now_s, FILE *out)
{
    size_t n;
    char stamp[MOMENT];
    const calendar_entry_t *entries = calendar_entries(calendar, &n);
    moment_of(now_s, stamp);
    ics_line(out, "BEGIN:VCALENDAR");
    ics_line(out, "VERSION:2.0");
    ics_line(out, "PRODID:-//Selenga//Selenga//EN");
    ics_line(out, "CALSCALE:GREGORIAN");
    ics_line(out, "METHOD:PUBLISH");
    property(out, "X-WR-CALNAME", _("Calendar of methodological work"));
    for (size_t i = 0; i < n; i++)
        if (entries[i].shown) write_entry(&entries[i], stamp, out);
    ics_line(out, "END:VCALENDAR");
}
