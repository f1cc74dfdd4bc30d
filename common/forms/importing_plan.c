// SPDX-License-Identifier: Apache-2.0
#include "common/forms/importing_plan.h"
#include "common/schema/ids.h"
#include <sodium.h>
#include <string.h>

void plan_hash(const Selenga__Group *group, char ret_hash[static PLAN_HASH])
{
    size_t size = protobuf_c_message_get_packed_size(&group->base);
    AUTO(xfree) uint8_t *bytes = xmalloc(size + 1);
    uint8_t hash[crypto_generichash_BYTES_MIN];
    protobuf_c_message_pack(&group->base, bytes);
    crypto_generichash(hash, sizeof hash, bytes, size, NULL, 0);
    hex_text(slice(hash, PLAN_HASH / 2), ret_hash);
}

void plan_write(FILE *out, const plan_row_t *row)
{
    fprintf(out, "%zu\t%c", row->number, (char)row->how);
    if (row->how == PLANNED_REFUSED) {
        fputc('\t', out);
        for (const char *c = row->reason; *c != '\0'; c++) fputc((unsigned char)*c < ' ' ? ' ' : *c, out);
    } else if (row->how != PLANNED_NOTHING) {
        fprintf(out, "\t%s", row->hash);
        for (size_t i = 0; i < row->n; i++) fprintf(out, "\t%s", row->expected[i]);
    }
    fputc('\n', out);
}

static bool read_rest(plan_row_t *row, char *rest)
{
    char *piece = strsep(&rest, "\t");
    if (piece == NULL || !text_copy(row->hash, sizeof row->hash, piece)) return false;
    while ((piece = strsep(&rest, "\t")) != NULL)
        if (row->n == SHEET_KINDS_MAX || !text_copy(row->expected[row->n++], VERSION_TEXT, piece))
            return false;
    return row->n > 0;
}

bool plan_read(FILE *in, plan_row_t *ret_row, char **line, size_t *line_room)
{
    int64_t number;
    ssize_t n = getline(line, line_room, in);
    if (n <= 0 || n > PLAN_LINE_MAX || (*line)[n - 1] != '\n') return false;
    (*line)[n - 1] = '\0';
    char *rest = *line, *first = strsep(&rest, "\t"), *how = strsep(&rest, "\t");
    if (how == NULL || !int_parse(first, 1, INT64_MAX, &number)) return false;
    *ret_row = (plan_row_t){.number = (size_t)number, .how = (planned_how_t)*how};
    switch (ret_row->how) {
    case PLANNED_NOTHING:
        return true;
    case PLANNED_REFUSED:
        ret_row->reason = rest;
        return rest != NULL;
    case PLANNED_NEW:
    case PLANNED_CHANGED:
        return read_rest(ret_row, rest);
    }
    return false;
}

void plan_expect(const plan_row_t *row, Selenga__Group *group)
{
    size_t kept = 0;
    for (size_t i = 0; i < group->n_items && i < row->n; i++) {
        const char *expected = row->expected[i];
        if (strcmp(expected, "=") == 0) continue;
        group->items[i]->expect_version = (char *)(uintptr_t)(strcmp(expected, "-") == 0 ? "" : expected);
        group->items[kept++] = group->items[i];
    }
    group->n_items = kept;
}
