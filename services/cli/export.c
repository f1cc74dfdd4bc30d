// SPDX-License-Identifier: Apache-2.0
// `selenga export`: records as a sheet that `import` takes. A sheet of one kind is written as its pages come;
// for a sheet of several kinds (staff: identity, person, employment) their records are gathered and put
// together by their common key.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/vec.h"
#include "common/forms/sheet.h"
#include "common/node/msg.h"
#include "services/cli/import.h"
#include "services/cli/listing.h"
#include "services/cli/named.h"

typedef struct held { // a record in hand
    char *key;
    uint8_t *body;
    size_t size;
} held_t;

typedef struct pile { // all records of one kind
    const kind_rule_t *kind;
    held_t *items;
    size_t n, room, at;
} pile_t;

typedef struct export
{
    const sheet_t *sheet;
    pile_t piles[SHEET_KINDS_MAX];
    arena_t *arena;
}
export_t;

static const body_t *read_body(const kind_rule_t *kind, slice_t bytes, arena_t *arena)
{
    body_t *body = NULL;
    return body_unpack(kind, bytes, arena, &body, NULL) == 0 ? body : NULL;
}

static int write_single(slice_t wire, const Selenga__Record *record, void *context)
{
    export_t *export = context;
    (void)wire;
    arena_reset(export->arena, record->body.len);
    const body_t *body =
        read_body(export->piles[0].kind, slice(record->body.data, record->body.len), export->arena);
    if (!body) return CLI_DONE;
    return sheet_write_row(export->sheet, ',', &body, stdout) == 0 ? CLI_DONE : CLI_REFUSED;
}

static int gather(slice_t wire, const Selenga__Record *record, void *context)
{
    pile_t *pile = context;
    char key[KEY_TEXT_MAX];
    (void)wire;
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    const body_t *body = read_body(pile->kind, slice(record->body.data, record->body.len), arena);
    if (!body) return CLI_DONE;
    slice_t text = body_key(pile->kind, body, key);
    held_t *held = vec_add(pile->items, pile->n, pile->room);
    held->key = xcalloc(1, text.size + 1);
    memcpy(held->key, text.data, text.size);
    held->size = record->body.len;
    held->body = xmemdup(record->body.data, record->body.len);
    return CLI_DONE;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const held_t *)a)->key, ((const held_t *)b)->key);
}

// The least key that is not written yet; NULL at the end.
static const char *least_key(const export_t *export, size_t n_kinds)
{
    const char *least = NULL;
    for (size_t i = 0; i < n_kinds; i++) {
        const pile_t *pile = &export->piles[i];
        if (pile->at == pile->n) continue;
        const char *key = pile->items[pile->at].key;
        if (!least || strcmp(key, least) < 0) least = key;
    }
    return least;
}

static int write_merged(export_t *export, size_t n_kinds)
{
    const char *key;
    while ((key = least_key(export, n_kinds))) {
        const body_t *bodies[SHEET_KINDS_MAX] = {NULL};
        arena_reset(export->arena, SHEET_ARENA);
        for (size_t i = 0; i < n_kinds; i++) {
            pile_t *pile = &export->piles[i];
            if (pile->at == pile->n || strcmp(pile->items[pile->at].key, key) != 0) continue;
            const held_t *held = &pile->items[pile->at++];
            bodies[i] = read_body(pile->kind, slice(held->body, held->size), export->arena);
        }
        if (sheet_write_row(export->sheet, ',', bodies, stdout) != 0) return CLI_REFUSED;
    }
    return CLI_DONE;
}

static int list_kind(ask_t *ask, const kind_rule_t *kind, ask_take_t *take, void *context)
{
    Selenga__List request = SELENGA__LIST__INIT;
    request.has_kind = true;
    request.kind = kind->number;
    request.has_export = request.export = true;
    return ask_each(ask, &request, 0, take, NULL, context);
}

static int export_all(export_t *export, ask_t *ask)
{
    size_t n = sheet_n_kinds(export->sheet);
    if (n == 1) {
        int r = list_kind(ask, export->piles[0].kind, write_single, export);
        return r;
    }
    for (size_t i = 0; i < n; i++) {
        pile_t *pile = &export->piles[i];
        int r = list_kind(ask, pile->kind, gather, pile);
        if (r != CLI_DONE) return r;
        if (pile->n > 0) qsort(pile->items, pile->n, sizeof *pile->items, by_key);
    }
    return write_merged(export, n);
}

static void forget(export_t *export)
{
    for (size_t i = 0; i < SHEET_KINDS_MAX; i++) {
        pile_t *pile = &export->piles[i];
        for (size_t k = 0; k < pile->n; k++) {
            free(pile->items[k].key);
            free(pile->items[k].body);
        }
        free(pile->items);
    }
}

int export_run(const cli_t *cli)
{
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    int r = named_sheet(cli->args[0], &sheet);
    if (r != CLI_DONE) return r;
    if (cli->json) return cli_usage(cli, _("a sheet is CSV; for JSON use: selenga --json list KIND"));
    AUTO(ask_destroy) ask_t *ask = NULL;
    r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    AUTO(arena_destroy) arena_t *arena = arena_new(SHEET_ARENA);
    export_t export = {.sheet = sheet, .arena = arena};
    for (size_t i = 0; i < sheet_n_kinds(sheet); i++) export.piles[i].kind = sheet_kind(sheet, i);
    if (sheet_write_header(sheet, ',', stdout) != 0) return CLI_REFUSED;
    r = export_all(&export, ask);
    forget(&export);
    return r;
}
