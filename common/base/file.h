// SPDX-License-Identifier: Apache-2.0
// Whole small files, read with a bound and replaced so that a crash leaves the old or the new one, never a
// part.
#pragma once
#include "common/base/util.h"
#include <sys/types.h>

// Reads at most `most` bytes. The caller frees *ret_data (xfree); a NUL follows the data and is not counted.
// Returns 0 or negative errno: -EFBIG when there is more, -EINVAL when it is no regular file,
// -EACCES also when private_only and the file is open to others or belongs to somebody else, -ELOOP when it
// is a link then.
int file_read(const char *path, size_t most, bool private_only, uint8_t **ret_data, size_t *ret_size);

// Writes path.new, fsyncs it, renames it over path, fsyncs the directory. Returns 0 or negative errno.
int file_replace(const char *path, slice_t data, mode_t mode);

// Opens a new file for writing, never through a link. What an earlier run has left under the name goes, if it
// is a file of ours. Returns the descriptor or negative errno: -EEXIST when something else stands there.
int file_create(const char *path, mode_t mode);

// Opens a file that may be there, with these flags and O_CREAT, and only if it is a regular file and no link.
// Returns the descriptor or negative errno, -ELOOP for a link, -EINVAL for what is no file.
int file_open_kept(const char *path, int flags, mode_t mode);

// May anybody put another file in the place of this one? So it is where a folder above it may be written by
// all and has no sticky bit. The path itself need not exist. Returns 1 and the folder, 0, or negative errno.
int file_is_exposed(const char *path, char *ret_folder, size_t size);

// Raises the limit of open files as far as the system allows. Returns how many there may be.
size_t file_limit_raise(void);
