// SPDX-License-Identifier: Apache-2.0
// Files of a node that somebody else may have written, or a disk: its root secret, the last words of a
// program, what a store says of itself. The first byte chooses which.
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/node/root.h"
#include "common/store/store_private.h"
#include "services/cli/ask.h"
#include "tests/fuzz/scratch.h"
#include "tests/sim/kv_mem.h"
#include <errno.h>
#include <sys/stat.h>

enum { ROOT_FILE, TROUBLE_FILE, STORE_META, FILES };

static const char *write_file(const char *folder, const char *name, slice_t in)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", scratch_dir(), folder);
    assert(mkdir(path, 0700) == 0 || errno == EEXIST);
    snprintf(path, sizeof path, "%s/%s/%s", scratch_dir(), folder, name);
    FILE *file = fopen(path, "w");
    assert(file != NULL && chmod(path, 0600) == 0);
    if (in.size > 0) fwrite(in.data, 1, in.size, file);
    fclose(file);
    return path;
}

static void remove_file(const char *path, const char *folder)
{
    char dir[128];
    snprintf(dir, sizeof dir, "%s/%s", scratch_dir(), folder);
    assert(unlink(path) == 0 && rmdir(dir) == 0);
}

// 32 bytes are a secret, and nothing else is.
static void read_root(slice_t in)
{
    uint8_t root[ROOT_SIZE];
    why_t why = {""};
    const char *path = write_file("secret", "root.key", in);
    int r = root_load(scratch_dir(), root, &why);
    assert((r == 0) == (in.size == ROOT_SIZE));
    if (r == 0)
        assert(memcmp(root, in.data, sizeof root) == 0);
    else
        assert(r == NODE_E_REFUSED && why.text[0] != '\0');
    remove_file(path, "secret");
}

static void read_words(slice_t in)
{
    const char *path = write_file("run", "registry.trouble", in);
    AUTO(xfree) char *words = ask_last_words(scratch_dir(), SERVICE_REGISTRY);
    assert(words == NULL || strlen(words) <= in.size);
    remove_file(path, "run");
}

// Rows of META: letter | size | value. A store of another format is never opened, a sound one reads again.
static void open_store(slice_t in)
{
    const store_place_t place = {.path = {.b = {0, 0, 1, 1}, .len = 4}, .service = SERVICE_REGISTRY};
    kv_t *kv = kv_mem_new();
    kv_txn_t *txn = NULL;
    store_t *store = NULL;
    store_mark_t mark;
    assert(kv_begin(kv, true, &txn) == 0);
    while (in.size > 0) {
        slice_t letter = fuzz_take(&in, 1);
        size_t size = fuzz_byte(&in);
        assert(kv_put(txn, KV_META, letter, fuzz_take(&in, size)) == 0);
    }
    assert(kv_commit(&txn) == 0);
    int marked = store_mark(kv, &mark);
    assert(memchr(mark.version, '\0', sizeof mark.version) != NULL);
    int rc = store_open(kv, &place, 7, wall_s, &store);
    assert(rc == 0 || rc == -EUCLEAN || rc == -EPROTONOSUPPORT || rc == -ENOTSUP);
    if (rc == 0) assert(marked == 0 && (mark.format >= STORE_FORMAT_BEFORE || mark.format == 0));
    if (rc == -EPROTONOSUPPORT) assert(mark.format > STORE_FORMAT);
    if (rc == -ENOTSUP) assert(mark.format < STORE_FORMAT_BEFORE);
    if (rc == 0) {
        store_close(&store);
        assert(store_open(kv, &place, 8, wall_s, &store) == 0);
        store_close(&store);
    }
    kv_destroy(&kv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    slice_t in = slice(data, size);
    switch (fuzz_byte(&in) % FILES) {
    case ROOT_FILE:
        read_root(in);
        break;
    case TROUBLE_FILE:
        read_words(in);
        break;
    default:
        open_store(in);
        break;
    }
    return 0;
}
