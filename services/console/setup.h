// SPDX-License-Identifier: Apache-2.0
// A computer without a node: the console shows one page there, on which somebody who has the code makes one.
// The command line makes it (`selenga node init`, `node join`), so that there is one way to do it and one
// word for each refusal; its output is read here.
//
//   asks --begin--> works --it is made--> made --leave--> over
//     ^                |                   (the phrase is shown, to who has the code)
//     +-- it refuses --+
//
// DIR.setup, beside the folder of the node, has the code, and stays for as long as nobody has said that he
// has the phrase on paper: so a start that was broken off goes on where it was.
#pragma once
#include "common/base/onetime.h"
#include "common/base/util.h"
#include "services/console/command.h"
#include "services/console/session.h"
#include <limits.h>

enum {
    SETUP_WORD = 256,   // room for a name, a code, an address, with its end
    SETUP_TOKEN = 1024, // and for a token
    SETUP_WHY = 2048,
};

typedef enum setup_state { SETUP_ASKS, SETUP_WORKS, SETUP_MADE, SETUP_OVER } setup_state_t;

// What the node shall be. A token: below the hub that gave it, and org and level are that hub's word.
typedef struct setup_wish {
    char org[SETUP_WORD], level[SETUP_WORD], name[SETUP_WORD], listen[SETUP_WORD], token[SETUP_TOKEN];
    bool joins;
} setup_wish_t;

typedef struct setup {
    char dir[PATH_MAX], mark[PATH_MAX + 8], bin_dir[PATH_MAX];
    int mark_fd;
    char code[ONETIME_TEXT];
    uint64_t free_ms; // when the next code is looked at
    unsigned wrong;   // codes in a row
    setup_state_t state;
    char owner[SESSION_ID]; // token of the guest who typed the code; "": nobody has
    setup_wish_t wish;
    command_t command;
    char why[SETUP_WHY]; // why it was not made, in lines; "": it was not tried
} setup_t;

// dir: absolute. Makes DIR.setup with a new code, or refuses with why: it is somebody else's, or its page is
// open already.
int setup_open(setup_t *self, const char *dir, why_t *why);
// Whoever leaves before there is a node leaves nothing.
void setup_close(setup_t *self);

// Is it the code? After some wrong ones each takes longer: *ret_wait_s, 0: it was looked at.
bool setup_code_fits(setup_t *self, const char *code, uint64_t now_ms, unsigned *ret_wait_s);
// Lets the command line make it. In SETUP_ASKS only.
void setup_begin(setup_t *self, const setup_wish_t *wish, lang_t lang);
// A command may have ended: once it has, what came of it.
void setup_turn(setup_t *self);
// The phrase is on paper. False with why: the disk refuses.
bool setup_leave(setup_t *self);
