// SPDX-License-Identifier: Apache-2.0
#include "common/store/lineage.h"
#include <errno.h>
#include <sodium.h>
#include <string.h>

bool witness_equal(const witness_t *a, const witness_t *b)
{
    return a->epochs == b->epochs && a->digest == b->digest && a->head == b->head;
}

static uint64_t chain(uint64_t before, uint64_t id, uint64_t start)
{
    uint8_t link[24], sum[crypto_generichash_BYTES_MIN];
    be64_store(link, before);
    be64_store(link + 8, id);
    be64_store(link + 16, start);
    crypto_generichash(sum, sizeof sum, link, sizeof link, NULL, 0);
    return be64_load(sum);
}

int lineage_parse(slice_t bytes, lineage_t *ret)
{
    if (bytes.size < 8 || bytes.size > LINEAGE_BYTES || bytes.size % 16 != 8) return -EUCLEAN;
    ret->forgotten = be64_load(bytes.data);
    ret->n = bytes.size / 16;
    for (size_t i = 0; i < ret->n; i++)
        ret->epochs[i] = (epoch_t){.start = be64_load(bytes.data + 8 + 16 * i),
                                   .digest = be64_load(bytes.data + 16 + 16 * i)};
    return 0;
}

slice_t lineage_pack(const lineage_t *lineage, uint8_t buf[LINEAGE_BYTES])
{
    be64_store(buf, lineage->forgotten);
    for (size_t i = 0; i < lineage->n; i++) {
        be64_store(buf + 8 + 16 * i, lineage->epochs[i].start);
        be64_store(buf + 16 + 16 * i, lineage->epochs[i].digest);
    }
    return slice(buf, 8 + 16 * lineage->n);
}

void lineage_begin(lineage_t *lineage, uint64_t id, uint64_t head)
{
    epoch_t *epochs = lineage->epochs;
    if (lineage->n > 0 && epochs[lineage->n - 1].start == head) lineage->n--;
    if (lineage->n == EPOCHS_KEPT) {
        lineage->n /= 2;
        lineage->forgotten += EPOCHS_KEPT - lineage->n;
        memmove(epochs, epochs + EPOCHS_KEPT - lineage->n, lineage->n * sizeof *epochs);
    }
    uint64_t before = lineage->n > 0 ? epochs[lineage->n - 1].digest : 0;
    epochs[lineage->n++] = (epoch_t){.start = head, .digest = chain(before, id, head)};
}

witness_t lineage_witness(const lineage_t *lineage, uint64_t head)
{
    size_t n = lineage->n;
    if (n > 0 && lineage->epochs[n - 1].start >= head) n--; // has not written yet
    return (witness_t){
        .epochs = lineage->forgotten + n, .digest = n > 0 ? lineage->epochs[n - 1].digest : 0, .head = head};
}

bool lineage_has(const lineage_t *lineage, uint64_t head, const witness_t *w)
{
    if (w->epochs == 0) return w->head == 0;
    if (w->epochs <= lineage->forgotten || w->epochs > lineage->forgotten + lineage->n) return false;
    size_t n = w->epochs - lineage->forgotten;
    uint64_t end = n < lineage->n ? lineage->epochs[n].start : head;
    return lineage->epochs[n - 1].digest == w->digest && w->head <= end;
}
