// SPDX-License-Identifier: Apache-2.0
// Edit distance with swaps (optimal string alignment), by bytes: verbs, kinds and options are ASCII.
#include "common/base/nearest.h"

#include <string.h>

enum { MAX_WORD = 64, NEAR = 2, NEAR_SHORT = 1, SHORT = 4, PREFIX_MIN = 3 };

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

static size_t distance(const char *a, const char *b)
{
    size_t rows[3][MAX_WORD + 1];
    size_t na = strlen(a), nb = strlen(b);
    for (size_t j = 0; j <= nb; j++) rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *now = rows[i % 3], *before = rows[(i - 1) % 3], *earlier = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            now[j] = least(before[j] + 1, now[j - 1] + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && earlier[j - 2] + 1 < now[j])
                now[j] = earlier[j - 2] + 1;
        }
    }
    return rows[na % 3][nb];
}

nearest_t nearest_to(const char *word)
{
    return (nearest_t){.word = word, .distance = (strlen(word) < SHORT ? NEAR_SHORT : NEAR) + 1};
}

void nearest_offer(nearest_t *self, const char *candidate)
{
    size_t n = strlen(self->word);
    if (n > MAX_WORD || strlen(candidate) > MAX_WORD) return;
    size_t d =
        n >= PREFIX_MIN && strncmp(self->word, candidate, n) == 0 ? 1 : distance(self->word, candidate);
    if (d >= self->distance) return;
    self->distance = d;
    self->best = candidate;
}
