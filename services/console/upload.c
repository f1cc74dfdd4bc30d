// SPDX-License-Identifier: Apache-2.0
#include "services/console/upload.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "services/console/files.h"
#include "services/console/form.h"
#include "services/console/html.h"
#include "services/console/session.h"
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE = 16 * 1024, FIELDS_BYTES = 64 * 1024, FIELDS = 64 };

struct upload {
    struct MHD_PostProcessor *parser;
    char path[FILES_PATH], name[UPLOAD_NAME_MAX], token[SESSION_ID];
    int fd;
    size_t size;    // of the file
    bool from_file; // else what is pasted counts
    html_t fields;  // NAME=VALUE&..., encoded
    char shown[SESSION_ID + 1];
    size_t n_fields;
    bool bad;
};

static void add_field(upload_t *self, const char *key, const char *data, uint64_t at, size_t size)
{
    char *text = xmalloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    if (at == 0) {
        self->bad |= ++self->n_fields > FIELDS;
        html_raw(&self->fields, "&");
        html_segment(&self->fields, key);
        html_raw(&self->fields, "=");
    }
    html_segment(&self->fields, text);
    size_t had = strlen(self->shown);
    if (strcmp(key, "token") == 0 && had + strlen(text) < sizeof self->shown) strcpy(self->shown + had, text);
    self->bad |= self->fields.size > FIELDS_BYTES || strlen(text) != size;
    free(text);
}

static void add_bytes(upload_t *self, const char *data, size_t size)
{
    self->bad |= !session_token_fits(self->token, self->shown) || self->size + size > UPLOAD_FILE_MAX;
    for (size_t done = 0; done < size && !self->bad;) {
        ssize_t n = write(self->fd, data + done, size - done);
        if (n < 0 && errno != EINTR) self->bad = true;
        if (n > 0) done += (size_t)n;
    }
    self->size += size;
}

static enum MHD_Result take_piece(void *arg, enum MHD_ValueKind kind, const char *key, const char *name,
                                  const char *type, const char *encoding, const char *data, uint64_t at,
                                  size_t size)
{
    upload_t *self = arg;
    (void)kind;
    (void)type;
    (void)encoding;
    if (strcmp(key, "file") == 0) {
        if (size == 0) return MHD_YES;
        self->from_file = true;
        if (at == 0 && name != NULL && utf8_is_valid(slice_text(name)))
            snprintf(self->name, sizeof self->name, "%s", name);
        add_bytes(self, data, size);
    } else if (strcmp(key, "text") == 0) {
        if (size > 0 && !self->from_file) add_bytes(self, data, size);
    } else {
        add_field(self, key, data, at, size);
    }
    return self->bad ? MHD_NO : MHD_YES;
}

upload_t *upload_new(struct MHD_Connection *connection, const char *token)
{
    AUTO(upload_destroy) upload_t *self = xcalloc(1, sizeof *self);
    self->fd = -1;
    if (!text_copy(self->token, sizeof self->token, token) || files_fresh("upload-", "", self->path) != 0)
        return NULL;
    self->fd = file_create(self->path, 0600);
    self->parser = MHD_create_post_processor(connection, PIECE, take_piece, self);
    if (self->fd < 0 || self->parser == NULL) return NULL;
    upload_t *made = self;
    self = NULL;
    return made;
}

void upload_destroy(upload_t **self_p)
{
    upload_t *self = *self_p;
    if (self == NULL) return;
    if (self->parser != NULL) MHD_destroy_post_processor(self->parser);
    if (self->fd >= 0) (void)unlink(self->path);
    xclose(&self->fd);
    html_free(&self->fields);
    free(self);
    *self_p = NULL;
}

bool upload_take(upload_t *self, const char *bytes, size_t size)
{
    return MHD_post_process(self->parser, bytes, size) == MHD_YES && !self->bad;
}

bool upload_end(upload_t *self)
{
    bool whole = self->parser != NULL && MHD_destroy_post_processor(self->parser) == MHD_YES;
    self->parser = NULL;
    return whole && !self->bad;
}

slice_t upload_form(const upload_t *self)
{
    return slice(self->fields.bytes, self->fields.size);
}

size_t upload_size(const upload_t *self)
{
    return self->size;
}

const char *upload_name(const upload_t *self)
{
    return self->name;
}

int upload_keep(upload_t *self, const char *path)
{
    if (rename(self->path, path) != 0) return -errno;
    xclose(&self->fd);
    self->fd = -1;
    return 0;
}
