// SPDX-License-Identifier: Apache-2.0
// The root secret and its recovery phrase, as people meet them.
#pragma once
#include <jansson.h>
#include <stdint.h>

#include "common/node/root.h"
#include "services/cli/cli.h"

// The root secret of a node to be made: from the phrase in this file ("-": standard input), or a fresh one
// when the file is NULL. Returns CLI_DONE, or why not (already said).
int recovery_root(const char *phrase_file, uint8_t ret_root[static ROOT_SIZE]);

// Once, when a node is made: the phrase on stderr, and what it is for.
void recovery_tell(const uint8_t root[static ROOT_SIZE]);
// The same in a JSON answer, as "phrase".
void recovery_add(json_t *json, const uint8_t root[static ROOT_SIZE]);

int recovery_phrase(const cli_t *cli); // node key phrase
extern const struct argp_option RECOVERY_PHRASE_OPTIONS[];
