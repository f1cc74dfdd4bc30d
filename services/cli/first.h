// SPDX-License-Identifier: Apache-2.0
// What `node run` tells who has just started a node that nobody can log in to yet.
#pragma once

// url: of the console; "": the node has none, and nothing is said.
void first_say(const char *dir, const char *url);
