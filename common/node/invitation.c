// SPDX-License-Identifier: Apache-2.0
#include "common/node/invitation.h"
#include "common/base/clock.h"
#include "common/schema/kinds.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool invitation_endpoint(const char *listen, char ret_endpoint[static TOKEN_ENDPOINT_MAX + 1])
{
    static const char *const everywhere[] = {"tcp://0.0.0.0:", "tcp://*:", "tcp://[::]:"};
    char host[128] = "localhost";
    const char *port = strrchr(listen, ':');
    bool all = false;
    for (size_t i = 0; i < ARRAY_SIZE(everywhere); i++)
        all |= strncmp(listen, everywhere[i], strlen(everywhere[i])) == 0;
    if (all) gethostname(host, sizeof host - 1);
    if (all)
        snprintf(ret_endpoint, TOKEN_ENDPOINT_MAX + 1, "tcp://%s%s", host, port);
    else
        snprintf(ret_endpoint, TOKEN_ENDPOINT_MAX + 1, "%s", listen);
    return all;
}

int invitation_make(const char *dir, const char *org, const char *endpoint, int64_t life_s, bool replace,
                    invitation_t *ret_invitation, why_t *why)
{
    token_t *token = &ret_invitation->token;
    AUTO(node_conf_clear) node_conf_t conf = {0};
    node_keys_t keys, once;
    *ret_invitation = (invitation_t){.token = {.expires_s = wall_s() + life_s, .replace = replace}};
    if (node_conf_load(dir, &conf, why) != 0 || node_door_keys_load(dir, &keys, why) != 0) return -1;
    text_copy(token->org, sizeof token->org, org);
    text_copy(token->endpoint, sizeof token->endpoint, endpoint);
    memcpy(token->hub_key, keys.public_key, sizeof token->hub_key);
    token->hub_rank = (uint8_t)conf.rank;
    randombytes_buf(token->secret, sizeof token->secret);
    node_keys_of_secret(token->secret, &once);
    memcpy(ret_invitation->key, once.public_key, sizeof ret_invitation->key);
    sodium_memzero(&keys, sizeof keys);
    sodium_memzero(&once, sizeof once);
    return 0;
}

void invitation_request(invitation_t *invitation, const char *level, Selenga__Invite *ret_request)
{
    *ret_request = (Selenga__Invite)SELENGA__INVITE__INIT;
    ret_request->org = invitation->token.org;
    ret_request->level = (char *)(uintptr_t)level;
    ret_request->has_expires_s = ret_request->has_key = ret_request->has_replace = true;
    ret_request->expires_s = invitation->token.expires_s;
    ret_request->key = (ProtobufCBinaryData){sizeof invitation->key, invitation->key};
    ret_request->replace = invitation->token.replace;
}

bool invitation_granted(invitation_t *invitation, const Selenga__InviteReply *reply)
{
    int rank = reply->level != NULL ? level_rank(reply->level) : -1;
    if (rank >= 0) invitation->token.rank = (uint8_t)rank;
    return rank >= 0;
}
