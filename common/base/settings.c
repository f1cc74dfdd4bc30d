// SPDX-License-Identifier: Apache-2.0
// Settings of a program, from a table.
#include "common/base/settings.h"
#include "common/base/i18n.h"
#include "common/base/text.h"
#include <assert.h>
#include <inttypes.h>

static bool set_value(const setting_t *row, const char *text, uint8_t *values)
{
    int64_t number;
    bool yes;
    switch (row->type) {
    case SETTING_INT:
        if (!int_parse(text, row->min, row->max, &number)) return false;
        memcpy(values + row->offset, &number, sizeof number);
        return true;
    case SETTING_BOOL:
        yes = strcmp(text, "yes") == 0;
        if (!yes && strcmp(text, "no") != 0) return false;
        memcpy(values + row->offset, &yes, sizeof yes);
        return true;
    case SETTING_TEXT:
        return text_is_clean(slice_text(text)) &&
               text_copy((char *)values + row->offset, (size_t)row->max + 1, text);
    }
    return false;
}

void settings_defaults(const settings_table_t *table, void *values)
{
    for (size_t i = 0; i < table->n; i++) {
        bool good = set_value(&table->rows[i], table->rows[i].standard, values);
        assert(good);
    }
}

// The key of a ZPL line and its depth, or false for an empty line or a comment.
static bool read_line(const char *line, size_t size, size_t *ret_depth, slice_t *ret_key)
{
    size_t start = 0;
    while (start < size && (line[start] == ' ' || line[start] == '\t')) start++;
    size_t end = start;
    while (end < size && !strchr(" \t\r=#", line[end])) end++;
    if (end == start) return false;
    *ret_depth = start;
    *ret_key = slice(line + start, end - start);
    return true;
}

unsigned settings_line(const char *text, const char *section, const char *key, unsigned n)
{
    bool inside = false;
    for (unsigned line = 1; text && *text; line++) {
        size_t size = strcspn(text, "\n"), depth;
        slice_t found;
        if (read_line(text, size, &depth, &found)) {
            if (depth == 0) inside = slice_equal(found, slice_text(section));
            bool hit = depth == 0 ? !key : key && slice_equal(found, slice_text(key));
            if (inside && hit && --n == 0) return line;
        }
        text += size + (text[size] == '\n');
    }
    return 0;
}

static const setting_t *find_row(const settings_table_t *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++)
        if (strcmp(table->rows[i].name, name) == 0) return &table->rows[i];
    return NULL;
}

bool settings_is_second(zconfig_t *parent, zconfig_t *item)
{
    for (zconfig_t *other = zconfig_child(parent); other != item; other = zconfig_next(other))
        if (strcmp(zconfig_name(other), zconfig_name(item)) == 0) return true;
    return false;
}

static void say_range(const setting_t *row, unsigned line, const char *value, why_t *why)
{
    if (row->type == SETTING_INT)
        why_set(why, _("node.conf line %u: %s = \"%s\" is not a number from %lld to %lld"), line, row->name,
                value, (long long)row->min,
                (long long)row->max); // not PRId64: the catalogue's key must be one literal
    else if (row->type == SETTING_BOOL)
        why_set(why, _("node.conf line %u: %s = \"%s\" is neither yes nor no"), line, row->name, value);
    else if (!text_is_clean(slice_text(value)))
        why_set(why, _("node.conf line %u: %s holds characters that are no text"), line, row->name);
    else
        why_set(why,
                i18n_n("node.conf line %u: %s is longer than %lld byte",
                       "node.conf line %u: %s is longer than %lld bytes", (unsigned long long)row->max),
                line, row->name, (long long)row->max);
}

static int load_item(const settings_table_t *table, zconfig_t *section, zconfig_t *item, const char *text,
                     uint8_t *values, why_t *why)
{
    const char *name = zconfig_name(item);
    const setting_t *row = find_row(table, name);
    bool second = settings_is_second(section, item);
    unsigned line = settings_line(text, table->section, name, second ? 2 : 1);
    if (row && !second && !zconfig_child(item)) {
        const char *value = zconfig_value(item);
        if (set_value(row, value ? value : "", values)) return 0;
        say_range(row, line, value ? value : "", why);
    } else if (row && second) {
        why_set(why, _("node.conf line %u: %s is set twice in section %s"), line, name, table->section);
    } else {
        why_set(why, _("node.conf line %u: there is no setting %s in section %s"), line, name,
                table->section);
    }
    return SETTINGS_E_REFUSED;
}

int settings_load(const settings_table_t *table, zconfig_t *section, const char *text, void *values,
                  size_t values_size, why_t *why)
{
    AUTO(xfree) uint8_t *loaded = xcalloc(1, values_size);
    settings_defaults(table, loaded);
    for (zconfig_t *item = section ? zconfig_child(section) : NULL; item; item = zconfig_next(item)) {
        int r = load_item(table, section, item, text, loaded, why);
        if (r) return r;
    }
    memcpy(values, loaded, values_size);
    return 0;
}

void settings_print(const settings_table_t *table, FILE *to)
{
    fprintf(to, "%s\n", table->section);
    for (size_t i = 0; i < table->n; i++) {
        const setting_t *row = &table->rows[i];
        fprintf(to, "    # %s", _(row->sentence));
        if (row->type == SETTING_INT)
            fprintf(to, " (%" PRId64 "..%" PRId64 "%s%s)", row->min, row->max, *row->unit ? " " : "",
                    row->unit);
        fprintf(to, "\n    # %s = \"%s\"\n", row->name, row->standard);
    }
}
