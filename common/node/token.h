// SPDX-License-Identifier: Apache-2.0
// An invitation as one line of text, which a hub prints and the new node's operator types in.
#pragma once
#include "common/base/util.h"

enum {
    TOKEN_KEY_SIZE = 32,
    TOKEN_ENDPOINT_MAX = 200,
    TOKEN_ORG_MAX = 64,
    TOKEN_TEXT_MAX = 640, // with its NUL
    TOKEN_RANK_MAX = 63,
};

typedef struct token {
    char endpoint[TOKEN_ENDPOINT_MAX + 1]; // of the hub, tcp://HOST:PORT
    char org[TOKEN_ORG_MAX + 1];           // code of the organisation that the node will be of
    uint8_t hub_key[TOKEN_KEY_SIZE];       // the hub's CURVE public key
    uint8_t secret[TOKEN_KEY_SIZE];        // secret half of the one-time key that may join
    int64_t expires_s; // unix time; only the hub decides by it, a school's clock may be wrong
    uint8_t rank;      // of the level that the node will have
    uint8_t
        hub_rank; // of the hub's level, as its operator's command knew it: what the hub says later must fit
    bool replace; // for a node that takes a lost one's place
} token_t;

// Outcomes of token_parse.
enum {
    TOKEN_E_FORM = 1, // not a token at all
    TOKEN_E_VERSION,  // a token of another version of the program
    TOKEN_E_DAMAGED,  // cut short or mistyped
};

// Writes the token's line without newline: "selenga1." and base64url. Endpoint and org must not be empty
// (asserted).
void token_text(const token_t *token, char ret_text[static TOKEN_TEXT_MAX]);

// Reads a token; white space around it is ignored. Returns 0 or TOKEN_E_.
int token_parse(const char *text, token_t *ret_token);

// The sentence for an outcome of token_parse, translated.
const char *token_fault(int outcome);
