// SPDX-License-Identifier: Apache-2.0
#include "services/gate/shares.h"
#include "common/base/vec.h"
#include <stdlib.h>

void shares_clear(shares_t *shares)
{
    free(shares->rows);
    *shares = (shares_t){0};
}

bool share_is_outside(uint32_t of)
{
    return of >= PEER_LABEL_MIN || of == SERVICE_GATE;
}

static size_t place_of(const shares_t *shares, uint32_t of)
{
    return vec_place_number(shares->rows, shares->n, sizeof *shares->rows, of);
}

static share_t *find(const shares_t *shares, uint32_t of)
{
    size_t at = place_of(shares, of);
    return at < shares->n && shares->rows[at].of == of ? &shares->rows[at] : NULL;
}

static bool owes(const share_t *share)
{
    uint64_t owed = 0;
    for (size_t i = 0; i < SERVICES_END; i++) owed |= share->owed[i];
    return owed != 0;
}

// Rows of those who have nothing here go before there are more.
static void make_room(shares_t *shares)
{
    size_t kept = 0;
    if (shares->n < shares->room) return;
    for (size_t i = 0; i < shares->n; i++)
        if (owes(&shares->rows[i])) shares->rows[kept++] = shares->rows[i];
    shares->n = kept;
    if (2 * kept < shares->room) return;
    vec_reserve(shares->rows, shares->room, shares->room + 1);
}

static share_t *get(shares_t *shares, uint32_t of)
{
    share_t *share = find(shares, of);
    if (share) return share;
    make_room(shares);
    size_t at = place_of(shares, of);
    memmove(&shares->rows[at + 1], &shares->rows[at], (shares->n - at) * sizeof *shares->rows);
    shares->rows[at] = (share_t){.of = of};
    shares->n++;
    return &shares->rows[at];
}

uint64_t shares_owed(const shares_t *shares, uint32_t service, uint32_t of)
{
    const share_t *share = find(shares, of);
    return share ? share->owed[service] : 0;
}

void shares_give(shares_t *shares, uint32_t service, uint32_t of, size_t cost, uint64_t now_ms)
{
    get(shares, of)->owed[service] += cost;
    if (!share_is_outside(of)) return;
    if (shares->outside[service] == 0) shares->moved_ms[service] = now_ms;
    shares->outside[service] += cost;
}

void shares_take_back(shares_t *shares, uint32_t service, uint32_t of, uint64_t cost)
{
    share_t *share = find(shares, of);
    if (!share) return;
    if (cost > share->owed[service]) cost = share->owed[service];
    share->owed[service] -= cost;
    if (share_is_outside(of)) shares->outside[service] -= cost;
}

void shares_done(shares_t *shares, uint32_t service, const Selenga__Taken *taken, uint64_t now_ms)
{
    for (size_t i = 0; i < taken->n_peer && i < taken->n_bytes; i++)
        shares_take_back(shares, service, taken->peer[i], taken->bytes[i]);
    shares->moved_ms[service] = now_ms;
}

void shares_forget(shares_t *shares, uint32_t service)
{
    for (size_t i = 0; i < shares->n; i++) shares->rows[i].owed[service] = 0;
    shares->outside[service] = 0;
}
