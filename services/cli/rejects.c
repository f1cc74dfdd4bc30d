// SPDX-License-Identifier: Apache-2.0
// Rejected rows: written beside and renamed at the end, so the file of an earlier import stays whole until
// then.
#include "services/cli/rejects.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/file.h"
#include "common/base/util.h"

enum { OWN_COLUMNS = 2 }; // line, reason

struct rejects {
    char *path, *draft;
    FILE *out; // NULL until the first row
    char separator;
    char **header;
    size_t n_header;
    int error; // of the first failure
};

rejects_t *rejects_new(const char *source, const char *sheet, const csv_row_t *header, char separator)
{
    static const char suffix[] = ".rejected.csv";
    rejects_t *self = xcalloc(1, sizeof *self);
    const char *base = strcmp(source, "-") == 0 ? sheet : source;
    if (asprintf(&self->path, "%s%s", base, suffix) < 0 ||
        asprintf(&self->draft, "%s%s.new", base, suffix) < 0)
        abort();
    self->separator = separator;
    self->header = xcalloc(header->n + 1, sizeof *self->header);
    self->n_header = header->n;
    for (size_t i = 0; i < header->n; i++) self->header[i] = xstrdup(header->cells[i]);
    return self;
}

void rejects_destroy(rejects_t **self_p)
{
    rejects_t *self = *self_p;
    if (!self) return;
    if (self->out) {
        fclose(self->out);
        unlink(self->draft);
    }
    for (size_t i = 0; i < self->n_header; i++) free(self->header[i]);
    free(self->header);
    free(self->path);
    free(self->draft);
    free(self);
    *self_p = NULL;
}

static void write_row(rejects_t *self, const char *line, const char *reason, const char *const *cells,
                      size_t n)
{
    const char *row[CSV_COLUMNS_MAX + OWN_COLUMNS];
    if (n > CSV_COLUMNS_MAX) n = CSV_COLUMNS_MAX;
    row[0] = line;
    row[1] = reason;
    memcpy(row + OWN_COLUMNS, cells, n * sizeof *cells);
    int r = csv_write(self->out, self->separator, row, n + OWN_COLUMNS);
    if (r < 0 && self->error == 0) self->error = r;
}

void rejects_add(rejects_t *self, size_t line, const char *reason, const char *const *cells, size_t n)
{
    char number[24];
    if (self->error) return;
    if (!self->out) {
        int fd = file_create(self->draft, 0666);
        self->out = fd >= 0 ? fdopen(fd, "w") : NULL;
        if (!self->out) {
            self->error = fd >= 0 ? -errno : fd;
            xclose(&fd);
            return;
        }
        write_row(self, "line", "reason", (const char *const *)self->header, self->n_header);
    }
    snprintf(number, sizeof number, "%zu", line);
    write_row(self, number, reason, cells, n);
}

int rejects_finish(rejects_t *self)
{
    if (self->error) return self->error;
    if (!self->out) {
        return unlink(self->path) == 0 || errno == ENOENT ? 0 : -errno;
    }
    FILE *out = self->out;
    self->out = NULL;
    if (fclose(out) != 0 || rename(self->draft, self->path) != 0) {
        int error = errno;
        unlink(self->draft);
        return -error;
    }
    return 0;
}

const char *rejects_path(const rejects_t *self)
{
    return self->path;
}
