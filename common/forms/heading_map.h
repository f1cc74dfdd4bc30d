// SPDX-License-Identifier: Apache-2.0
// Headings of people's files and the columns that they were said to be, kept in one small file:
// SHEET, column, heading, separated by tabs, a line each.
#pragma once
#include "common/forms/sheet.h"

enum { HEADING_MAP_MAX = 256 }; // headings of all sheets

typedef struct heading_map heading_map_t;

// Reads the file; one that is not there is empty. 0 or negative errno; -EINVAL: it is damaged.
int heading_map_open(const char *path, heading_map_t **ret_map);
void heading_map_close(heading_map_t **map_p);

// Adds "HEADING=column" for the sheet, in the place of what the heading was before. False: it is not of that
// form, or there are too many.
bool heading_map_add(heading_map_t *map, const char *sheet, const char *text);
// Writes the file if anything was added. 0 or negative errno.
int heading_map_save(heading_map_t *map);

// Those of the sheet; they live as long as the map and nothing is added. Returns how many.
size_t heading_map_of(heading_map_t *map, const char *sheet, const sheet_alias_t **ret_aliases);
