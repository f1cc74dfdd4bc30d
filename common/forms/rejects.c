// SPDX-License-Identifier: Apache-2.0
// Rejected rows: written beside and renamed at the end, so the file of an earlier import stays whole until
// then.
#include "common/forms/rejects.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/base/file.h"
#include "common/base/util.h"

enum { OWN_COLUMNS = 2 }; // line, reason

static const char mark[] = "\xef\xbb\xbf"; // by which table programs know UTF-8

struct rejects {
    char *path, *draft, *line, *reason;
    FILE *out; // NULL until the first row
    char separator;
    char **header;
    bool own[CSV_COLUMNS_MAX];
    size_t n_header;
    int error; // of the first failure
};

rejects_t *rejects_new(const char *source, const char *sheet, const rejects_form_t *form)
{
    static const char suffix[] = ".rejected.csv";
    rejects_t *self = xcalloc(1, sizeof *self);
    const char *base = strcmp(source, "-") == 0 ? sheet : source;
    if (asprintf(&self->path, "%s%s", base, suffix) < 0 ||
        asprintf(&self->draft, "%s%s.new", base, suffix) < 0)
        abort();
    self->line = xstrdup(form->line);
    self->reason = xstrdup(form->reason);
    self->separator = form->separator;
    self->header = xcalloc(form->header->n + 1, sizeof *self->header);
    self->n_header = form->header->n;
    for (size_t i = 0; i < form->header->n; i++) self->header[i] = xstrdup(form->header->cells[i]);
    if (form->own) memcpy(self->own, form->own, form->header->n * sizeof *form->own);
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
    free(self->line);
    free(self->reason);
    free(self);
    *self_p = NULL;
}

// A cell that a table program would compute gets an apostrophe, which `import` takes away. Others stay as
// they came: one that has the apostrophe means the same when it comes again.
static const char *harmless(const char *cell, char **ret_room)
{
    if (!csv_is_formula(cell)) return cell;
    if (asprintf(ret_room, "'%s", cell) < 0) abort();
    return *ret_room;
}

// The row's cells under their headings, then line and reason, then cells that have no heading.
static void write_row(rejects_t *self, const char *line, const char *reason, const char *const *cells,
                      size_t n)
{
    const char *row[2 * CSV_COLUMNS_MAX + OWN_COLUMNS];
    char *room[2 * CSV_COLUMNS_MAX + OWN_COLUMNS] = {NULL};
    size_t used = 0;
    for (size_t i = 0; i < self->n_header; i++)
        if (!self->own[i]) row[used++] = i < n ? cells[i] : "";
    row[used++] = line;
    row[used++] = reason;
    for (size_t i = self->n_header; i < n && i < CSV_COLUMNS_MAX; i++) row[used++] = cells[i];
    for (size_t i = 0; i < used; i++) row[i] = harmless(row[i], &room[i]);
    int r = csv_write(self->out, self->separator, row, used);
    for (size_t i = 0; i < used; i++) free(room[i]);
    if (r < 0 && self->error == 0) self->error = r;
}

// Is another import at work on the draft?
static bool is_in_use(const char *draft)
{
    AUTO(xclose) int fd = open(draft, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

static void begin(rejects_t *self)
{
    int fd = is_in_use(self->draft) ? -EBUSY : file_create(self->draft, 0600);
    self->out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!self->out) {
        self->error = fd >= 0 ? -errno : fd;
        xclose(&fd);
        return;
    }
    (void)flock(fd, LOCK_EX | LOCK_NB); // a file system without locks is no reason to fail
    fputs(mark, self->out);
    write_row(self, self->line, self->reason, (const char *const *)self->header, self->n_header);
}

bool rejects_add(rejects_t *self, size_t line, const char *reason, const char *const *cells, size_t n)
{
    char number[24];
    if (!self->error && !self->out) begin(self);
    if (self->error) return false;
    snprintf(number, sizeof number, "%zu", line);
    write_row(self, number, reason, cells, n);
    return self->error == 0;
}

int rejects_finish(rejects_t *self)
{
    if (self->error) return self->error;
    if (!self->out) {
        return unlink(self->path) == 0 || errno == ENOENT || errno == ENOTDIR || errno == EROFS ? 0 : -errno;
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
