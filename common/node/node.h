// SPDX-License-Identifier: Apache-2.0
// A node's directory and what it says about itself.
//
//   DIR/node.conf            who the node is, who its parent is, settings of its programs (ZPL, kept by the
//   operator) DIR/secret/node.key      its CURVE pair: two lines of Z85, public and secret
//   DIR/secret/door.key      likewise, the pair that its children know; where there is none, node.key
//   DIR/secret/root.key      32 bytes, from which other keys derive; common/node/root.h
//   DIR/secret/pseudonym.key only at the node that makes a region's pseudonyms: its key and the one before
//   DIR/authority.pem        of the console, and DIR/secret/authority.key; common/node/console.h
//   DIR/admitted             whom it admitted, beside the store; services/registry/admitted.h
//   DIR/store/SERVICE/       one LMDB environment each
//   DIR/audit/SERVICE.log    what people did; common/node/audit.h
//   DIR/run/gate             the gate's local endpoint; access to it is access to the node
//   DIR/log/
//
// DIR and log/ are 0750, logs 0640, all else that is made in it 0700 and 0600, whatever the umask: whoever
// may open secret/ or run/ is the node. All faults are sentences.
#pragma once
#include "common/base/settings.h"
#include "common/schema/ids.h"

enum {
    NODE_ORG_MAX = 64,
    NODE_LEVEL_MAX = 31,
    NODE_NAME_MAX = 255,
    NODE_ENDPOINT_MAX = 200,
    NODE_KEY_SIZE = 32,
    NODE_RANK_MAX = 13, // of a level: 0 school, 1 municipality, 2 region, 3 federation
};

// Outcomes.
enum {
    NODE_E_ABSENT = 1, // no such directory or file
    NODE_E_REFUSED,    // it is there and must not be used as it is
    NODE_E_EXISTS,     // it is there already
};

// Where every program of a node finds the gate, once it has entered the directory. Relative, because the path
// of a local socket is limited to 107 bytes.
#define NODE_GATE_ENDPOINT "ipc://run/gate"

// Of a node that has children; also relative.
#define NODE_ADMITTED "admitted"

typedef struct node_keys {
    uint8_t public_key[NODE_KEY_SIZE];
    uint8_t secret_key[NODE_KEY_SIZE];
} node_keys_t;

typedef struct node_parent {
    bool known; // false: the root, and all else is empty
    char endpoint[NODE_ENDPOINT_MAX + 1];
    uint8_t key[NODE_KEY_SIZE]; // the parent's CURVE public key
    char org[NODE_ORG_MAX + 1];
    uint32_t rank;
} node_parent_t;

typedef struct node_conf {
    path_t path;
    char org[NODE_ORG_MAX + 1];
    char level[NODE_LEVEL_MAX + 1];
    uint32_t rank;
    char name[NODE_NAME_MAX + 1];
    char listen[NODE_ENDPOINT_MAX + 1]; // tcp://HOST:PORT for children; empty: none
    // New stores are in the place of lost ones and neighbours hold what stood there: of a root that came back
    // by its phrase, and of a child that has not its old secret, so that only its parent can tell what was
    // its.
    bool replaced;
    node_parent_t parent;
    zconfig_t *root; // the file as read, for node_settings; NULL for one that was made and not read
    char *text;
} node_conf_t;

// Makes DIR with secret/, run/, store/ with the services' folders, and log/. The directory may exist if it is
// empty. Returns 0, NODE_E_EXISTS or NODE_E_REFUSED with why.
int node_make_dirs(const char *dir, why_t *why);

// For a program's start: umask 077 and chdir to DIR. Returns 0 or NODE_E_ABSENT with why. Everything below
// takes "." then.
int node_enter(const char *dir, why_t *why);

// A code of an organisation that can have a node: 1..64 bytes, no blanks, no ':' or ';', which part
// references, no quotes.
bool node_is_org(const char *text);

// tcp://HOST:PORT with a port from 1 to 65535; libzmq would take any number modulo 65536. listens: also '*',
// a port that the system chooses.
bool node_is_endpoint(const char *text, bool listens);

// Reads DIR/node.conf. Every key must be known, there once and in range. Returns 0, NODE_E_ABSENT or
// NODE_E_REFUSED with why. node_conf_clear(ret_conf) when done.
int node_conf_load(const char *dir, node_conf_t *ret_conf, why_t *why);

// Frees what the conf holds and empties it. Usable with AUTO() on a node_conf_t that starts as {0}.
void node_conf_clear(node_conf_t *conf);

// Writes DIR/node.conf anew: temporary file, fsync, rename, fsync of the directory. Settings sections of a
// conf that was read are kept, comments are not. Both kinds of quotes in one name: ' becomes `. Returns 0 or
// NODE_E_REFUSED with why.
int node_conf_save(const char *dir, const node_conf_t *conf, why_t *why);

// settings_load of the table's section of a conf that was read. Returns 0 or NODE_E_REFUSED with why.
int node_settings(const node_conf_t *conf, const settings_table_t *table, void *values, size_t values_size,
                  why_t *why);

// A fresh random pair, and the pair of a secret half.
void node_keys_make(node_keys_t *ret_keys);
void node_keys_of_secret(const uint8_t secret[static NODE_KEY_SIZE], node_keys_t *ret_keys);

// DIR/secret/node.key. Load refuses a file that others can read, that is damaged, or whose halves do not
// match. Save replaces durably. Return 0, NODE_E_ABSENT or NODE_E_REFUSED with why.
int node_keys_load(const char *dir, node_keys_t *ret_keys, why_t *why);
int node_keys_save(const char *dir, const node_keys_t *keys, why_t *why);

// DIR/secret/door.key, the pair by which children know this node. It outlives node.key when a lost hub comes
// back by its phrase: its parent wants another key of it, its children the same one. A node without the file
// has one pair for both.
int node_door_keys_load(const char *dir, node_keys_t *ret_keys, why_t *why);
int node_door_keys_save(const char *dir, const node_keys_t *keys, why_t *why);

// DIR/secret/pseudonym.key, likewise: the present key, and behind it the one before, zeros where there is
// none.
enum { NODE_PSEUDONYM_KEYS = 2 * NODE_KEY_SIZE };
int node_pseudonym_keys_load(const char *dir, uint8_t ret_keys[static NODE_PSEUDONYM_KEYS], why_t *why);
int node_pseudonym_keys_save(const char *dir, const uint8_t keys[static NODE_PSEUDONYM_KEYS], why_t *why);
// Does this node make the pseudonyms of its part of the tree? The highest node of a region does; above it
// each node makes those of its own people.
bool node_makes_pseudonyms(const node_conf_t *conf);

// A file of DIR/secret, by its name below DIR: exactly `size` bytes. As node_keys_load and _save.
int node_secret_load(const char *dir, const char *name, uint8_t *to, size_t size, why_t *why);
int node_secret_save(const char *dir, const char *name, slice_t data, why_t *why);

// Twelve hex digits of BLAKE2b of a public key, for people to compare.
enum { NODE_FINGERPRINT_TEXT = 15 }; // "0123-4567-89ab" and NUL
const char *node_fingerprint(const uint8_t key[static NODE_KEY_SIZE],
                             char ret_text[static NODE_FINGERPRINT_TEXT]);
