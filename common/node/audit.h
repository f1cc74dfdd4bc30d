// SPDX-License-Identifier: Apache-2.0
// The audit log of one service of a node: who logged in, changed, read names, took data out, made and revoked
// keys. It only grows, and each entry's hash covers all entries before it.
//
//   DIR/audit/SERVICE.log    header, then entries:
//   header   16 bytes        "selenga audit 1\n"
//   entry     4              n, bytes of the body, big-endian; 1 to AUDIT_ENTRY_MAX
//             n              body: a message AuditEntry (proto/audit.proto)
//            32              hash: BLAKE2b-256(hash before ‖ n as above ‖ body)
//   before the first entry the hash is BLAKE2b-256(header ‖ number of the service, 4 bytes ‖ path of the
//   node)
//
// A byte that was changed shows in the chain. An end that was cut off does not: for that the service keeps
// the head, in its store.
#pragma once
#include "common/base/i18n.h"
#include "common/schema/ids.h"

#define AUDIT_DIR "audit"
#define AUDIT_HEADER "selenga audit 1\n"

enum { AUDIT_HASH = 32, AUDIT_ENTRY_MAX = 1024, AUDIT_FRAME = 4 + AUDIT_HASH, AUDIT_PATH = 64 };

typedef struct audit_head {
    uint64_t seq;   // entries
    uint64_t bytes; // of the file up to there
    uint8_t hash[AUDIT_HASH];
} audit_head_t;

// Of a log without entries.
void audit_begin(const path_t *node, uint32_t service, audit_head_t *ret_head);
// Moves the head over one more entry, of at most AUDIT_ENTRY_MAX bytes. ret_frame of size + AUDIT_FRAME bytes
// is what stands in the file; NULL: not wanted.
void audit_chain(audit_head_t *head, slice_t body, uint8_t *ret_frame);

// The file of a service, relative to the node's directory. Returns buf.
const char *audit_path(uint32_t service, char buf[static AUDIT_PATH]);

// One entry, valid during the call; head: with it. Anything but 0 ends the reading and is returned.
typedef int audit_take_t(void *arg, const audit_head_t *head, slice_t body);

// Reads from *head on, which moves over every entry that fits, to the end of the file. 0; AUDIT_E_BROKEN:
// what follows *head is no entry of the chain; what `take` returned; or -errno.
enum { AUDIT_E_BROKEN = 1 };
int audit_read(int fd, audit_head_t *head, audit_take_t *take, void *arg);

// What happened, in words; a code of a later version is shown as it is.
const char *audit_words(const char *what, lang_t lang);
// Why it was refused, by the code of the fault; likewise.
const char *audit_reason(const char *code, lang_t lang);
