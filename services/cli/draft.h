// SPDX-License-Identifier: Apache-2.0
// A node's directory in the making: built beside its final place and renamed at the end. Functions that can
// refuse say why and return what the shell sees.
#pragma once
#include <stddef.h>

// The draft's place: DIR without slashes at its end, and `suffix`.
int draft_name(const char *dir, const char *suffix, char *ret_draft, size_t size);

// May a node be made in DIR? It may be absent, or an empty folder.
int draft_check_free(const char *dir);

// Makes the draft's folders anew.
int draft_make(const char *draft);

// Removes what a making that was broken off has left; nothing else, so a folder with anything more in it
// stays.
void draft_remove(const char *draft);

// The draft becomes DIR, durably.
int draft_finish(const char *draft, const char *dir);
