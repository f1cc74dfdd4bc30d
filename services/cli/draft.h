// SPDX-License-Identifier: Apache-2.0
// A node's directory in the making: built beside its final place and renamed at the end. The folder may be
// one in which others write too: what is made goes into the folder that was opened, whatever they put under
// its name, and only a folder that bears a draft's mark is emptied. Functions that can refuse say why and
// return what the shell sees.
#pragma once
#include <limits.h>
#include <stdbool.h>

typedef struct draft {
    char path[PATH_MAX]; // for people, and for the rename
    char at[32];         // the opened folder, for all that is written and read; empty until then
    int fd;              // the same; -1 until then
} draft_t;

// The draft's place: DIR without slashes at its end, and `suffix`. draft_close when done, also if refused.
int draft_place(const char *dir, const char *suffix, draft_t *ret_draft);
void draft_close(draft_t *draft);

// Is a store safe on the file system of DIR, or of what it will lie in? Refused, with what to do, if not.
int draft_check_filesystem(const char *dir);

// May a node be made in DIR? It may be absent, or an empty folder.
int draft_check_free(const char *dir);

// Opens a draft that an earlier command has left. False if there is none that is ours.
bool draft_find(draft_t *draft);

// Makes the draft's folders anew and opens it. Refused if what stands there is no draft of ours.
int draft_make(draft_t *draft);

// Removes what a making that was broken off has left; nothing else, so a folder with anything more in it
// stays.
void draft_remove(draft_t *draft);

// The draft becomes DIR, durably.
int draft_finish(draft_t *draft, const char *dir);
