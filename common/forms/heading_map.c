// SPDX-License-Identifier: Apache-2.0
// See heading_map.h.
#include "common/forms/heading_map.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include <errno.h>
#include <stdlib.h>

enum { FILE_MAX = 128 * 1024, HEADING_MAX = 300 };

typedef struct row {
    char *sheet, *column, *heading;
} row_t;

struct heading_map {
    char *path;
    row_t rows[HEADING_MAP_MAX];
    size_t n;
    sheet_alias_t aliases[HEADING_MAP_MAX];
    bool changed;
};

static char *copy(slice_t text)
{
    char *to = xmalloc(text.size + 1);
    if (text.size > 0) memcpy(to, text.data, text.size);
    to[text.size] = '\0';
    return to;
}

static void row_clear(row_t *row)
{
    xfree(&row->sheet);
    xfree(&row->column);
    xfree(&row->heading);
}

static bool put(heading_map_t *map, slice_t sheet, slice_t column, slice_t heading)
{
    bool ok = column.size > 0 && heading.size > 0 && heading.size <= HEADING_MAX && text_is_clean(heading);
    if (!ok || !text_is_clean(column)) return false;
    size_t i = 0;
    while (i < map->n && !(slice_equal(slice_text(map->rows[i].sheet), sheet) &&
                           slice_equal(slice_text(map->rows[i].heading), heading)))
        i++;
    if (i == HEADING_MAP_MAX) return false;
    if (i == map->n) map->n++;
    row_clear(&map->rows[i]);
    map->rows[i] = (row_t){copy(sheet), copy(column), copy(heading)};
    return true;
}

static bool read_line(heading_map_t *map, slice_t line)
{
    slice_t piece[3];
    bool done = false;
    size_t n = 0;
    while (n < ARRAY_SIZE(piece) && text_next_piece(&line, '\t', &done, &piece[n])) n++;
    return n == ARRAY_SIZE(piece) && done && put(map, piece[0], piece[1], piece[2]);
}

int heading_map_open(const char *path, heading_map_t **ret_map)
{
    AUTO(heading_map_close) heading_map_t *map = xcalloc(1, sizeof *map);
    AUTO(xfree) uint8_t *data = NULL;
    size_t size = 0;
    map->path = copy(slice_text(path));
    int rc = file_read(path, FILE_MAX, false, &data, &size);
    if (rc != 0 && rc != -ENOENT) return rc;
    slice_t rest = slice(data, rc == 0 ? size : 0), line;
    bool done = false;
    while (text_next_piece(&rest, '\n', &done, &line))
        if (line.size > 0 && !read_line(map, line)) return -EINVAL;
    *ret_map = map;
    map = NULL;
    return 0;
}

void heading_map_close(heading_map_t **map_p)
{
    heading_map_t *map = *map_p;
    if (map == NULL) return;
    for (size_t i = 0; i < map->n; i++) row_clear(&map->rows[i]);
    xfree(&map->path);
    xfree(map_p);
}

bool heading_map_add(heading_map_t *map, const char *sheet, const char *text)
{
    const char *equals = strrchr(text, '=');
    if (equals == NULL) return false;
    slice_t heading = text_trim(slice(text, (size_t)(equals - text)));
    if (!put(map, slice_text(sheet), text_trim(slice_text(equals + 1)), heading)) return false;
    map->changed = true;
    return true;
}

int heading_map_save(heading_map_t *map)
{
    AUTO(xfree) char *text = NULL;
    size_t size = 0;
    if (!map->changed) return 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) return -errno;
    for (size_t i = 0; i < map->n; i++)
        fprintf(out, "%s\t%s\t%s\n", map->rows[i].sheet, map->rows[i].column, map->rows[i].heading);
    if (fclose(out) != 0) return -errno;
    map->changed = false;
    return file_replace(map->path, slice(text, size), 0600);
}

size_t heading_map_of(heading_map_t *map, const char *sheet, const sheet_alias_t **ret_aliases)
{
    size_t n = 0;
    for (size_t i = 0; i < map->n; i++)
        if (strcmp(map->rows[i].sheet, sheet) == 0)
            map->aliases[n++] = (sheet_alias_t){map->rows[i].heading, map->rows[i].column};
    *ret_aliases = map->aliases;
    return n;
}
