// SPDX-License-Identifier: Apache-2.0
// What a hub answers to a node that joins: a node.conf that is written from it can be read. The file that
// takes the answer is part of this one.
#include "services/cli/join.c"
#include "tests/fuzz/scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const cli_t cli;
    const token_t token = {.endpoint = "tcp://hub.example:5600", .org = "03-08-01", .hub_rank = 1};
    AUTO(msg_body_free)
    Selenga__JoinReply *reply = msg_body_unpack(&selenga__join_reply__descriptor, slice(data, size));
    AUTO(node_conf_clear) node_conf_t conf = {0};
    AUTO(node_conf_clear) node_conf_t again = {0};
    why_t why;
    if (reply == NULL || !fill_conf(&cli, &token, reply, &conf)) return 0;
    assert(node_conf_save(scratch_dir(), &conf, &why) == 0);
    assert(node_conf_load(scratch_dir(), &again, &why) == 0);
    assert(path_equal(&conf.path, &again.path) && strcmp(conf.org, again.org) == 0);
    assert(conf.replaced == again.replaced && conf.rank == again.rank && again.parent.known &&
           again.parent.rank == conf.parent.rank);
    return 0;
}
