// SPDX-License-Identifier: Apache-2.0
// See journal.h.
#include "common/forms/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
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
    uint8_t run[JOURNAL_RUN];
    FILE *file;
    bool goes_on, dirty; // an import of before had written; something is not on the disk yet
    size_t n;
    int error;
};

static void name_draft(const char *path, char *draft)
{
    snprintf(draft, PATH_MAX, "%s.new", path);
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

static int flush(journal_t *self)
{
    if (!self->dirty) return 0;
    self->dirty = false;
    return fflush(self->file) != 0 || fdatasync(fileno(self->file)) != 0 ? -errno : 0;
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
    self->goes_on = goes_on(self, self->file);
    int rc = self->goes_on ? cut_last_line(fd) : ftruncate(fd, 0) != 0 ? -errno : 0;
    if (rc != 0) return rc;
    char run[2 * JOURNAL_RUN + 1];
    sodium_bin2hex(run, sizeof run, self->run, sizeof self->run);
    self->dirty = true;
    if (fprintf(self->file, "%srun %s\n", self->goes_on ? "" : self->head, run) < 0) return -EIO;
    return flush(self);
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
    randombytes_buf(self->run, sizeof self->run);
    self->error = begin(self);
    return self;
}

const uint8_t *journal_run(const journal_t *self)
{
    return self->run;
}

static void add(journal_t *self, const Selenga__Outcome *outcome, bool deleted)
{
    if (self == NULL || self->error != 0) return;
    for (size_t i = 0; i < outcome->n_items; i++) {
        journal_entry_t entry;
        char text[RID_TEXT];
        if (!journal_entry_of(outcome->items[i], &entry)) continue;
        self->n++;
        self->dirty = true;
        if (fprintf(self->file, "%u %s %s %s\n", entry.kind, rid_text(&entry.id, text),
                    deleted ? "-" : entry.version, entry.replaced[0] != '\0' ? entry.replaced : "-") < 0)
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
    if (self != NULL && self->error == 0) self->error = flush(self);
}

int journal_finish(journal_t *self, bool whole)
{
    if (self == NULL) return 0;
    journal_flush(self);
    if (self->error != 0) return self->error;
    bool wrote = self->n > 0 || self->goes_on || !whole;
    return (wrote ? rename(self->draft, self->path) : unlink(self->draft)) == 0 ? 0 : -errno;
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
    *ret = (journal_entry_t){0};
    if (sscanf(line, "%u %63s %63s %63s", &ret->kind, id, version, replaced) != 4) return false;
    if (!rid_parse(id, &ret->id) || strlen(version) >= VERSION_TEXT || strlen(replaced) >= VERSION_TEXT)
        return false;
    strcpy(ret->version, version);
    strcpy(ret->replaced, strcmp(replaced, "-") == 0 ? "" : replaced);
    return true;
}

bool journal_entry_of(const Selenga__ItemOutcome *item, journal_entry_t *ret)
{
    *ret = (journal_entry_t){.kind = item->kind};
    if (item->id.len != sizeof ret->id.b || item->version == NULL) return false;
    memcpy(ret->id.b, item->id.data, sizeof ret->id.b);
    snprintf(ret->version, sizeof ret->version, "%s", item->version);
    snprintf(ret->replaced, sizeof ret->replaced, "%s", item->replaced != NULL ? item->replaced : "");
    return true;
}

static slice_t id_of(const void *owner, uint32_t number)
{
    const journal_reader_t *reader = owner;
    return slice(reader->entries[number].id.b, sizeof reader->entries[number].id.b);
}

// What stands there is the later version; what is to come back is what stood before the earlier one.
static void merge(journal_entry_t *held, const journal_entry_t *entry, bool later)
{
    if (strcmp(held->version, entry->version) == 0) return;
    if (later || strcmp(entry->replaced, held->version) == 0)
        strcpy(held->version, entry->version);
    else if (strcmp(held->replaced, entry->version) == 0)
        strcpy(held->replaced, entry->replaced);
}

static void take_entry(journal_reader_t *reader, const journal_entry_t *entry, bool later)
{
    uint32_t at = hash_find(&reader->ids, slice(entry->id.b, sizeof entry->id.b));
    if (at != HASH_NONE) {
        merge(&reader->entries[at], entry, later);
        return;
    }
    *vec_add(reader->entries, reader->n, reader->room) = *entry;
    hash_add(&reader->ids, slice(entry->id.b, sizeof entry->id.b));
}

void journal_merge(journal_reader_t *reader, const journal_entry_t *entry)
{
    take_entry(reader, entry, false);
}

static bool read_run(const char *line, journal_reader_t *ret)
{
    size_t n;
    uint8_t *run = *vec_add(ret->runs, ret->n_runs, ret->runs_room);
    return sodium_hex2bin(run, JOURNAL_RUN, line, strcspn(line, "\n"), NULL, &n, NULL) == 0 &&
           n == JOURNAL_RUN;
}

// Of who was killed the last line may be half a line.
static bool read_lines(FILE *file, journal_reader_t *ret)
{
    char line[128 + JOURNAL_SOURCE];
    bool good = true;
    while (good && fgets(line, sizeof line, file) != NULL) {
        journal_entry_t entry;
        if (ret->cut_off && strchr(line, '\n') == NULL) break;
        bool run = strncmp(line, "run ", 4) == 0;
        good = run ? read_run(line + 4, ret) : read_entry(line, &entry);
        if (good && !run) take_entry(ret, &entry, true);
    }
    return good && !ferror(file);
}

static int read_file(int fd, journal_reader_t *ret)
{
    char line[128 + JOURNAL_SOURCE];
    FILE *file = fdopen(fd, "r");
    if (file == NULL) {
        close(fd);
        return -errno;
    }
    bool begun = fgets(line, sizeof line, file) != NULL && strchr(line, '\n') != NULL;
    // Killed before it had sent anything.
    bool good = begun ? read_head(line, ret) && read_lines(file, ret) : ret->cut_off;
    fclose(file);
    return good ? 0 : -EBADMSG;
}

static int hold(int fd)
{
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) return errno == EWOULDBLOCK ? -EBUSY : -errno;
    return 0;
}

int journal_read(const char *path, journal_reader_t *ret)
{
    char draft[PATH_MAX];
    *ret = (journal_reader_t){.fd = -1};
    hash_init(&ret->ids, id_of, ret);
    name_draft(path, draft);
    int fd = open(draft, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno != ENOENT) return -errno;
    if (fd >= 0) {
        ret->cut_off = true;
        ret->fd = fd;
        int rc = hold(fd);
        return rc != 0 ? rc : read_file(fcntl(fd, F_DUPFD_CLOEXEC, 0), ret);
    }
    fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : read_file(fd, ret);
}

void journal_clear(journal_reader_t *reader)
{
    if (reader->fd >= 0) close(reader->fd);
    hash_empty(&reader->ids);
    free(reader->entries);
    free(reader->runs);
    *reader = (journal_reader_t){.fd = -1};
}

int journal_forget(const char *path, const journal_reader_t *reader)
{
    char draft[PATH_MAX];
    name_draft(path, draft);
    return unlink(reader->cut_off ? draft : path) == 0 ? 0 : -errno;
}
