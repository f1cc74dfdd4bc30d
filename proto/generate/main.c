// SPDX-License-Identifier: Apache-2.0
// generate SET DIR: reads the descriptor set of proto/kinds and writes DIR/proto (write.h). Mistakes in the
// declarations are said as FILE:LINE: what is wrong; what to write. Then nothing is written, and it exits
// with 1.
#include "proto/generate/write.h"
#include <stdlib.h>

static model_t model; // all that was read hangs on it until the end

static uint8_t *read_file(const char *path, size_t *ret_size)
{
    enum { PIECE = 1 << 16 };
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    size_t n;
    *ret_size = 0;
    if (file == NULL) return NULL;
    do {
        bytes = must(realloc(bytes, *ret_size + PIECE));
        n = fread(bytes + *ret_size, 1, PIECE, file);
        *ret_size += n;
    } while (n > 0);
    fclose(file);
    return bytes;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: generate SET DIR\n", stderr);
        return 64;
    }
    size_t size;
    uint8_t *bytes = read_file(argv[1], &size);
    model.out = stderr;
    bool ok = bytes != NULL && model_read(&model, bytes, size);
    free(bytes);
    if (!ok) {
        fprintf(stderr, "generate: %s is no descriptor set\n", argv[1]);
        return 1;
    }
    model_check(&model);
    if (model.mistakes == 0) model_add_sheets(&model);
    if (model.mistakes > 0) return 1;
    return write_all(&model, argv[2]) ? 0 : 1;
}
