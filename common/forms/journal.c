// SPDX-License-Identifier: Apache-2.0
// See journal.h.
#include "common/forms/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "common/base/file.h"
#include "common/base/util.h"
#include "common/base/vec.h"

struct journal {
    char path[PATH_MAX], draft[PATH_MAX];
    char head[128 + JOURNAL_SOURCE];
    FILE *file; // NULL: nothing was written yet
    int error;
};

static void name_draft(const char *path, char *draft)
{
    snprintf(draft, PATH_MAX, "%s.new", path);
}

journal_t *journal_new(const char *path, const char *sheet, const char *source)
{
    if (path == NULL) return NULL;
    journal_t *self = xcalloc(1, sizeof *self);
    char began[32], name[JOURNAL_SOURCE];
    struct tm tm;
    time_t now = time(NULL);
    strftime(began, sizeof began, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
    snprintf(name, sizeof name, "%s", source);
    for (char *c = name; *c != '\0'; c++)
        if ((unsigned char)*c < ' ') *c = ' ';
    snprintf(self->path, sizeof self->path, "%s", path);
    name_draft(path, self->draft);
    snprintf(self->head, sizeof self->head, "%s\t%s\t%s\n", sheet, name, began);
    return self;
}

void journal_destroy(journal_t **self_p)
{
    if (*self_p == NULL) return;
    if ((*self_p)->file != NULL) fclose((*self_p)->file);
    xfree(self_p);
}

// Does the draft tell of an import of the same sheet, which was cut off?
static bool goes_on(const journal_t *self, FILE *file)
{
    char line[sizeof self->head];
    size_t sheet = strcspn(self->head, "\t") + 1;
    return fgets(line, sizeof line, file) != NULL && strncmp(line, self->head, sheet) == 0;
}

// Who was killed may have left the beginning of a line. The head is whole: there is a line end.
static int cut_last_line(int fd)
{
    char end[256];
    off_t size = lseek(fd, 0, SEEK_END), from = size > (off_t)sizeof end ? size - (off_t)sizeof end : 0;
    ssize_t n = pread(fd, end, sizeof end, from);
    if (size < 0 || n < 0) return -errno;
    while (n > 0 && end[n - 1] != '\n') n--;
    return n > 0 && ftruncate(fd, from + n) != 0 ? -errno : 0;
}

static int begin(journal_t *self)
{
    int fd = file_open_kept(self->draft, O_RDWR | O_APPEND, 0600);
    if (fd < 0) return fd;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 || (self->file = fdopen(fd, "a+")) == NULL) {
        int error = errno;
        close(fd);
        return error == EWOULDBLOCK ? -EBUSY : -error;
    }
    rewind(self->file);
    if (goes_on(self, self->file)) return cut_last_line(fd);
    if (ftruncate(fd, 0) != 0 || fputs(self->head, self->file) < 0) return -errno;
    return 0;
}

static void add(journal_t *self, const Selenga__Outcome *outcome, bool deleted)
{
    if (self == NULL || self->error != 0) return;
    for (size_t i = 0; i < outcome->n_items; i++) {
        const Selenga__ItemOutcome *item = outcome->items[i];
        rid_t id;
        char text[RID_TEXT];
        if (item->id.len != sizeof id.b || item->version == NULL) continue;
        if (self->file == NULL && (self->error = begin(self)) != 0) return;
        memcpy(id.b, item->id.data, sizeof id.b);
        if (fprintf(self->file, "%u %s %s %s\n", item->kind, rid_text(&id, text),
                    deleted ? "-" : item->version, item->replaced != NULL ? item->replaced : "-") < 0)
            self->error = -EIO;
    }
}

void journal_add(journal_t *self, const Selenga__Outcome *outcome)
{
    add(self, outcome, false);
}

void journal_add_deleted(journal_t *self, const Selenga__Outcome *outcome)
{
    add(self, outcome, true);
}

void journal_flush(journal_t *self)
{
    if (self != NULL && self->file != NULL && fflush(self->file) != 0 && self->error == 0)
        self->error = -errno;
}

int journal_finish(journal_t *self)
{
    if (self == NULL) return 0;
    journal_flush(self);
    if (self->error != 0 || self->file == NULL) return self->error;
    return rename(self->draft, self->path) == 0 ? 0 : -errno;
}

// ---- reading

static bool read_head(char *line, journal_reader_t *ret)
{
    char *source = strchr(line, '\t'), *began = source != NULL ? strchr(source + 1, '\t') : NULL;
    if (began == NULL) return false;
    *source++ = *began++ = '\0';
    began[strcspn(began, "\n")] = '\0';
    snprintf(ret->sheet, sizeof ret->sheet, "%.*s", (int)sizeof ret->sheet - 1, line);
    snprintf(ret->source, sizeof ret->source, "%.*s", (int)sizeof ret->source - 1, source);
    snprintf(ret->began, sizeof ret->began, "%.*s", (int)sizeof ret->began - 1, began);
    return true;
}

static bool read_entry(const char *line, journal_entry_t *ret)
{
    char id[64], replaced[64], version[64];
    if (sscanf(line, "%u %63s %63s %63s", &ret->kind, id, version, replaced) != 4) return false;
    if (!rid_parse(id, &ret->id) || strlen(version) >= VERSION_TEXT || strlen(replaced) >= VERSION_TEXT)
        return false;
    strcpy(ret->version, version);
    strcpy(ret->replaced, strcmp(replaced, "-") == 0 ? "" : replaced);
    return true;
}

int journal_read(const char *path, journal_reader_t *ret)
{
    char draft[PATH_MAX], line[128 + JOURNAL_SOURCE];
    *ret = (journal_reader_t){0};
    name_draft(path, draft);
    if (access(draft, F_OK) == 0) return -EBUSY;
    FILE *file = fopen(path, "re");
    if (file == NULL) return -errno;
    bool good = fgets(line, sizeof line, file) != NULL && read_head(line, ret);
    while (good && fgets(line, sizeof line, file) != NULL)
        good = read_entry(line, vec_add(ret->entries, ret->n, ret->room));
    fclose(file);
    return good ? 0 : -EBADMSG;
}

void journal_clear(journal_reader_t *reader)
{
    free(reader->entries);
    *reader = (journal_reader_t){0};
}

int journal_forget(const char *path)
{
    return unlink(path) == 0 ? 0 : -errno;
}

int journal_adopt(const char *path)
{
    char draft[PATH_MAX];
    name_draft(path, draft);
    AUTO(xclose) int fd = open(draft, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return -errno;
    int rc = cut_last_line(fd);
    return rc != 0 ? rc : rename(draft, path) == 0 ? 0 : -errno;
}
