// SPDX-License-Identifier: Apache-2.0
// The command line's requests to the running node, and the one place where an answer becomes what the shell
// sees. Failures are said on stderr here, once, so that verbs only pass the result on.
#pragma once
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/base/util.h"
#include "common/node/client.h"
#include "proto/api.pb-c.h"
#include "proto/message.h"
#include "services/cli/cli.h"

typedef struct ask ask_t;

enum { ASK_TIMEOUT_MS = 30000, ASK_SHORT_MS = 3000 };

// Connects to the node named by --node or SELENGA_NODE. Returns CLI_DONE, CLI_USAGE (no node named),
// CLI_REFUSED (there is no node) or CLI_LATER (it is not running).
int ask_open(const cli_t *cli, ask_t **ret_ask);
void ask_destroy(ask_t **self);
client_t *ask_client(ask_t *self);

// What the shell sees of a status of the client; says why on stderr unless it is CLIENT_DONE.
int ask_said(const ask_t *self, client_status_t status, const client_why_t *why);

// Sends `body` (NULL: empty) and waits for the reply of type `reply`, which the caller frees with
// msg_body_free; ret_reply NULL: the reply has no body. Returns CLI_DONE, CLI_REFUSED (the node said no) or
// CLI_LATER (not now, or no answer in time).
int ask_call(ask_t *self, uint32_t service, uint32_t type, const void *body, uint32_t reply,
             const ProtobufCMessageDescriptor *descriptor, void *ret_reply, int timeout_ms);

// ask_call without a word on stderr: *ret_why gets the sentence, for the caller to free; NULL on CLI_DONE.
int ask_quietly(ask_t *self, uint32_t service, uint32_t type, const void *body, uint32_t reply,
                const ProtobufCMessageDescriptor *descriptor, void *ret_reply, int timeout_ms,
                char **ret_why);

// Waits, for a few seconds at most, until this service has read what the other services of the node hold, so
// that what was just imported into one may be referred to in another. A service that is not running is not
// waited for.
void ask_catch_up(ask_t *self, uint32_t service);

// The same for all of them.
void ask_catch_up_all(ask_t *self);

// A fault as a sentence in the user's language; the caller frees it. NULL fault gives "".
char *ask_fault_text(const Selenga__Fault *fault);
// The same of a record of the kind, whose fields are named as people know them; NULL: of none that is known.
char *ask_fault_of(const Selenga__Fault *fault, const kind_rule_t *kind);
// The same for who typed the names of fields.
char *ask_fault_typed(const Selenga__Fault *fault, const kind_rule_t *kind);

// The same for a bare code of a fault, and the words that it repeats or NULL. A code of NULL or "" gives "".
char *ask_code_text(const char *code, const char *words);

// The last words of a program of the node in dir that cannot work until somebody acts, or ends again and
// again; NULL: there are none. The caller frees them.
char *ask_last_words(const char *dir, uint32_t service);
