// SPDX-License-Identifier: Apache-2.0
// What a supervised program says, kept in a file of bounded size: NAME.log, and the two before it as
// NAME.log.1 and .2.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct logfile logfile_t;

enum { LOGFILE_MAX_BYTES = 8 << 20, LOGFILE_LINE_MAX = 4096 };

// Opens DIR/NAME.log to append, making it if needed (mode 0640). `max_bytes` bounds one file. Returns 0, or
// negative errno.
int logfile_open(const char *dir, const char *name, uint64_t max_bytes, logfile_t **ret_logfile);
void logfile_destroy(logfile_t **self);

// Takes bytes as they come from a pipe, and writes whole lines; one that does not begin with a
// time gets it (UTC). A line longer
// than LOGFILE_LINE_MAX is split. What cannot be written (disk full) is dropped: a full disk must not stop
// the node. Not blocking but for the disk.
void logfile_feed(logfile_t *self, const char *bytes, size_t size);

// Writes an unfinished last line.
void logfile_flush(logfile_t *self);

// The last whole line, without time; "" when there was none since logfile_open or the last call of
// logfile_forget.
const char *logfile_last(const logfile_t *self);
void logfile_forget(logfile_t *self);
