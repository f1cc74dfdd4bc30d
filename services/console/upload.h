// SPDX-License-Identifier: Apache-2.0
// A form with a file, multipart/form-data, as it comes: the file goes to the disk piece by piece, all else is
// kept as a form (form.h). libmicrohttpd takes it apart. A file counts only if the token came before it.
#pragma once
#include "common/base/util.h"

enum { UPLOAD_FILE_MAX = 20 * 1024 * 1024, UPLOAD_NAME_MAX = 256 };

typedef struct upload upload_t;
struct MHD_Connection;

// token: of the session, copied. NULL: the request is no such form, or there is no room on the disk.
upload_t *upload_new(struct MHD_Connection *connection, const char *token);
// The file goes, unless it was taken.
void upload_destroy(upload_t **self);
// Some of the body. False: it is too much, or makes no sense.
bool upload_take(upload_t *self, const char *bytes, size_t size);
// The body is whole. False: it was cut off.
bool upload_end(upload_t *self);

// What of the form is no file, as form_parse takes it.
slice_t upload_form(const upload_t *self);
// The file, or what was pasted in its place; 0 bytes: nothing came. name "": it was pasted.
size_t upload_size(const upload_t *self);
const char *upload_name(const upload_t *self);
// Moves the file to `path`. 0 or negative errno.
int upload_keep(upload_t *self, const char *path);
