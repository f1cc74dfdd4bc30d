// SPDX-License-Identifier: Apache-2.0
// What needs somebody: watchers look through what a node holds and what its services answer, and say it in
// sentences, in the language of the thread. Whoever starts a reading gets all of it at once; the node is
// asked page by page meanwhile, and nobody waits.
#pragma once
#include "common/node/client.h"
#include "common/schema/ids.h"
#include "common/schema/kinds.h"

typedef struct finding {
    const char *what;        // code of the watcher
    const kind_rule_t *kind; // of the record that `ref` names; NULL: it is none
    char *org;               // code of the organisation it is about
    char *ref;               // as people name the record; NULL: there is none to name
    char *since;             // a day as it is kept, 2024-09-01; NULL: it does not tell
    int64_t since_s;         // unix time, of what came at a moment; 0: it did not
    char *text;
} finding_t;

typedef struct findings {
    finding_t *items;
    size_t n, room;
} findings_t;

void findings_clear(findings_t *found);

// For whom. What the account may not ask (common/schema/access.h) is not asked, and so not watched.
typedef struct attention_ask {
    unsigned roles;      // R_ flags of whom it is for; attention_roles() are all
    const char *org;     // only of this one and those below it; NULL: of all
    path_t own;          // of this node
    const char *account; // in whose name; NULL: of the node's own user
    unsigned reader;     // role of the account; 0: no account
} attention_ask_t;

unsigned attention_roles(void);
// The watcher's code as people read it.
const char *attention_words(const char *what);

typedef struct attention attention_t;

// Unless CLIENT_DONE, `why` says why, and `found` is empty. Who keeps what was found copies it and sets it to
// zeros; else it is cleared after the call.
typedef void attention_done_t(void *context, client_status_t status, const client_why_t *why,
                              findings_t *found);

// `done` is called once, from client_turn, and the reading is over: it frees itself. What `ask` points to is
// copied. NULL with *ret_why when nothing can be asked for now.
attention_t *attention_start(client_t *client, const attention_ask_t *ask, attention_done_t *done,
                             void *context, client_why_t *ret_why);
// `done` will not be called any more. Only before it was.
void attention_abandon(attention_t **self);

// The same, waiting. The caller clears *ret_found.
client_status_t attention_read(client_t *client, const attention_ask_t *ask, findings_t *ret_found,
                               client_why_t *ret_why);
