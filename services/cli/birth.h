// SPDX-License-Identifier: Apache-2.0
// How a node's directory comes into being: whole or not at all.
#pragma once
#include "common/node/node.h"
#include "services/cli/cli.h"

int birth_init(const cli_t *cli);   // node init: the root of a tree
int birth_invite(const cli_t *cli); // node invite: at a running hub
int birth_join(const cli_t *cli);   // node join: a child, enrolled at its hub

int birth_rejoin(const cli_t *cli); // node rejoin: a node's hub is another computer now

extern const struct argp_option BIRTH_REJOIN_OPTIONS[];
extern const struct argp_option BIRTH_INIT_OPTIONS[], BIRTH_INVITE_OPTIONS[], BIRTH_JOIN_OPTIONS[];

// "tcp://HOST:PORT" with a port from 1 to 65535; HOST may be * (all addresses). False for anything else.
bool birth_is_endpoint(const char *text);

// For init and join: each returns CLI_DONE, or CLI_USAGE after saying what is wrong. NULL is not given, hence
// right.
int birth_check_listen(const cli_t *cli, const char *option, const char *endpoint);
int birth_check_name(const cli_t *cli, const char *name);

// Tells of the node that was made, with its recovery phrase: JSON on stdout, or lines on stderr.
void birth_print_node(const cli_t *cli, const char *dir, const node_conf_t *conf, const node_keys_t *keys,
                      const uint8_t root[static NODE_KEY_SIZE]);
