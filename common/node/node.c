// SPDX-License-Identifier: Apache-2.0
// A node's directory and its keys.
#include "common/node/node.h"
#include "common/base/file.h"
#include "common/base/i18n.h"
#include "common/base/system_error.h"
#include "common/schema/services.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char NODE_KEY[] = "secret/node.key";
static const char DOOR_KEY[] = "secret/door.key";
static const char PSEUDONYM_KEY[] = "secret/pseudonym.key";
enum { KEY_Z85 = 40, KEY_FILE = 2 * (KEY_Z85 + 1) };

// --- the directory

static const struct {
    const char *name;
    mode_t mode;
} FOLDERS[] = {
    {"secret", 0700},
    {"run", 0700},
    {"log", 0750},
    {"store", 0700}, // with a folder for each service that keeps records
};

static bool is_empty(int fd)
{
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0); // closedir closes it
    DIR *open = own >= 0 ? fdopendir(own) : NULL;
    if (!open) {
        xclose(&own);
        return false;
    }
    int n = 0;
    while (readdir(open)) n++;
    closedir(open);
    return n == 2; // . and ..
}

static int refuse_path(const char *dir, const char *name, int error, why_t *why)
{
    why_set(why, _("cannot make or use %s/%s: %s"), dir, name, system_error(error));
    return NODE_E_REFUSED;
}

int node_make_dirs(const char *dir, why_t *why)
{
    struct stat st;
    if (mkdir(dir, 0750) && errno != EEXIST) return refuse_path(dir, "", errno, why);
    // From here on it is this folder and no other: not a link, and nobody else's.
    AUTO(xclose) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st)) return refuse_path(dir, "", errno, why);
    if (st.st_uid != geteuid()) return refuse_path(dir, "", EACCES, why);
    if (!is_empty(fd)) {
        why_set(why, _("%s exists and is not empty"), dir);
        return NODE_E_EXISTS;
    }
    for (size_t i = 0; i < ARRAY_SIZE(FOLDERS); i++)
        if (mkdirat(fd, FOLDERS[i].name, FOLDERS[i].mode))
            return refuse_path(dir, FOLDERS[i].name, errno, why);
    for (size_t i = 0; i < PROGRAMS_N; i++) {
        char store[64];
        snprintf(store, sizeof store, "store/%s", PROGRAMS[i].name);
        if (PROGRAMS[i].keeps && mkdirat(fd, store, 0700)) return refuse_path(dir, store, errno, why);
    }
    return 0;
}

int node_enter(const char *dir, why_t *why)
{
    umask(S_IRWXG | S_IRWXO);
    if (chdir(dir) == 0) return 0;
    why_set(why, _("cannot enter %s: %s"), dir, system_error(errno));
    return NODE_E_ABSENT;
}

// --- keys

void node_keys_make(node_keys_t *ret_keys)
{
    uint8_t secret[NODE_KEY_SIZE];
    randombytes_buf(secret, sizeof secret);
    node_keys_of_secret(secret, ret_keys);
    sodium_memzero(secret, sizeof secret);
}

void node_keys_of_secret(const uint8_t secret[static NODE_KEY_SIZE], node_keys_t *ret_keys)
{
    memcpy(ret_keys->secret_key, secret, NODE_KEY_SIZE);
    crypto_scalarmult_base(ret_keys->public_key, ret_keys->secret_key);
}

static int refuse_secret(const char *path, int r, why_t *why)
{
    if (r == -ENOENT || r == -ENOTDIR) {
        why_set(why, _("%s is missing"), path);
        return NODE_E_ABSENT;
    }
    if (r == -EACCES)
        why_set(why, _("%s must belong to the user of the node and be closed to all others (chmod 600)"),
                path);
    else if (r == -EBADMSG || r == -EFBIG)
        why_set(why, _("%s is damaged"), path);
    else
        why_set(why, _("cannot use %s: %s"), path, system_error(-r));
    return NODE_E_REFUSED;
}

int node_secret_load(const char *dir, const char *name, uint8_t *to, size_t size, why_t *why)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    AUTO(xfree) uint8_t *data = NULL;
    size_t got = 0;
    int r = file_read(path, size, true, &data, &got);
    if (!r && got != size) r = -EBADMSG;
    if (r) return refuse_secret(path, r, why);
    memcpy(to, data, size);
    sodium_memzero(data, size);
    return 0;
}

int node_secret_save(const char *dir, const char *name, slice_t data, why_t *why)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    int r = file_replace(path, data, S_IRUSR | S_IWUSR);
    return r ? refuse_secret(path, r, why) : 0;
}

static int load_keys(const char *dir, const char *name, node_keys_t *ret_keys, why_t *why)
{
    uint8_t text[KEY_FILE];
    int r = node_secret_load(dir, name, text, sizeof text, why);
    if (r) return r;
    bool good = text[KEY_Z85] == '\n' && text[KEY_FILE - 1] == '\n';
    text[KEY_Z85] = text[KEY_FILE - 1] = '\0';
    uint8_t public_key[NODE_KEY_SIZE], secret[NODE_KEY_SIZE];
    good = good && zmq_z85_decode(public_key, (char *)text) &&
           zmq_z85_decode(secret, (char *)text + KEY_Z85 + 1);
    node_keys_t keys = {0};
    if (good) node_keys_of_secret(secret, &keys);
    good = good && memcmp(keys.public_key, public_key, NODE_KEY_SIZE) == 0;
    sodium_memzero(text, sizeof text);
    if (!good) return refuse_secret(name, -EBADMSG, why);
    *ret_keys = keys;
    return 0;
}

static int save_keys(const char *dir, const char *name, const node_keys_t *keys, why_t *why)
{
    char text[KEY_FILE + 1];
    zmq_z85_encode(text, keys->public_key, NODE_KEY_SIZE);
    zmq_z85_encode(text + KEY_Z85 + 1, keys->secret_key, NODE_KEY_SIZE);
    text[KEY_Z85] = text[KEY_FILE - 1] = '\n';
    int r = node_secret_save(dir, name, slice(text, KEY_FILE), why);
    sodium_memzero(text, sizeof text);
    return r;
}

int node_keys_load(const char *dir, node_keys_t *ret_keys, why_t *why)
{
    return load_keys(dir, NODE_KEY, ret_keys, why);
}

int node_keys_save(const char *dir, const node_keys_t *keys, why_t *why)
{
    return save_keys(dir, NODE_KEY, keys, why);
}

int node_door_keys_load(const char *dir, node_keys_t *ret_keys, why_t *why)
{
    int r = load_keys(dir, DOOR_KEY, ret_keys, why);
    return r == NODE_E_ABSENT ? node_keys_load(dir, ret_keys, why) : r;
}

int node_door_keys_save(const char *dir, const node_keys_t *keys, why_t *why)
{
    return save_keys(dir, DOOR_KEY, keys, why);
}

int node_pseudonym_keys_load(const char *dir, uint8_t ret_keys[static NODE_PSEUDONYM_KEYS], why_t *why)
{
    return node_secret_load(dir, PSEUDONYM_KEY, ret_keys, NODE_PSEUDONYM_KEYS, why);
}

int node_pseudonym_keys_save(const char *dir, const uint8_t keys[static NODE_PSEUDONYM_KEYS], why_t *why)
{
    return node_secret_save(dir, PSEUDONYM_KEY, slice(keys, NODE_PSEUDONYM_KEYS), why);
}

bool node_makes_pseudonyms(const node_conf_t *conf)
{
    enum { REGION = 2 };
    return !conf->parent.known || conf->rank > REGION || conf->parent.rank > REGION;
}

const char *node_fingerprint(const uint8_t key[static NODE_KEY_SIZE],
                             char ret_text[static NODE_FINGERPRINT_TEXT])
{
    uint8_t sum[crypto_generichash_BYTES_MIN];
    crypto_generichash(sum, sizeof sum, key, NODE_KEY_SIZE, NULL, 0);
    snprintf(ret_text, NODE_FINGERPRINT_TEXT, "%02x%02x-%02x%02x-%02x%02x", sum[0], sum[1], sum[2], sum[3],
             sum[4], sum[5]);
    return ret_text;
}
