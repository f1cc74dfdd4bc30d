// SPDX-License-Identifier: Apache-2.0
// node.conf: read through the same tables as settings, written by hand.
//
// zconfig reads the file; it is written without it, because zconfig_save puts every value between double
// quotes and a school's name usually contains some.
#include "common/base/file.h"
#include "common/base/i18n.h"
#include "common/base/system_error.h"
#include "common/node/node.h"
#include "common/schema/services.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { CONF_MAX = 256 * 1024, KEY_Z85 = 40 };

// The two sections about the node itself, as they stand in the file.
typedef struct conf_text {
    char path[PATH_TEXT];
    char org[NODE_ORG_MAX + 1];
    char level[NODE_LEVEL_MAX + 1];
    int64_t rank;
    char name[NODE_NAME_MAX + 1];
    char listen[NODE_ENDPOINT_MAX + 1];
    bool replaced;
} conf_text_t;

typedef struct parent_text {
    char endpoint[NODE_ENDPOINT_MAX + 1];
    char key[KEY_Z85 + 1];
    char org[NODE_ORG_MAX + 1];
    int64_t rank;
} parent_text_t;

#define TEXT_ROW(type, member, most, sentence)                                                               \
    {                                                                                                        \
#member, SETTING_TEXT, offsetof(type, member), 0, most, "", "", sentence                             \
    }
#define RANK_ROW(type, sentence)                                                                             \
    {                                                                                                        \
        "rank", SETTING_INT, offsetof(type, rank), 0, NODE_RANK_MAX, "0", "", sentence                       \
    }

static const setting_t NODE_ROWS[] = {
    TEXT_ROW(conf_text_t, path, PATH_TEXT - 1, N_("Labels of the nodes from the root down to this one")),
    TEXT_ROW(conf_text_t, org, NODE_ORG_MAX, N_("Code of the organisation")),
    TEXT_ROW(conf_text_t, level, NODE_LEVEL_MAX, N_("Name of the node's level")),
    RANK_ROW(conf_text_t, N_("Rank of the level: 0 school, 1 municipality, 2 region, 3 federation")),
    TEXT_ROW(conf_text_t, name, NODE_NAME_MAX, N_("Name of the node, for people")),
    TEXT_ROW(conf_text_t, listen, NODE_ENDPOINT_MAX,
             N_("Where children connect, tcp://HOST:PORT; empty: nowhere")),
    {"replaced", SETTING_BOOL, offsetof(conf_text_t, replaced), 0, 1, "no", "",
     N_("Whether new stores are in the place of lost ones, so that neighbours hold what stood there")},
};
static const settings_table_t NODE_TABLE = {"node", NODE_ROWS, ARRAY_SIZE(NODE_ROWS)};

static const setting_t PARENT_ROWS[] = {
    TEXT_ROW(parent_text_t, endpoint, NODE_ENDPOINT_MAX, N_("Where the parent listens, tcp://HOST:PORT")),
    TEXT_ROW(parent_text_t, key, KEY_Z85, N_("The parent's public key, Z85")),
    TEXT_ROW(parent_text_t, org, NODE_ORG_MAX, N_("Code of the parent's organisation")),
    RANK_ROW(parent_text_t, N_("Rank of the parent's level")),
};
static const settings_table_t PARENT_TABLE = {"parent", PARENT_ROWS, ARRAY_SIZE(PARENT_ROWS)};

// Sections that all services share; each program checks what is its own when it starts.
static const char *const SHARED_SECTIONS[] = {"store", "feed", "service", "supervisor"};

bool node_is_org(const char *text)
{
    size_t n = strlen(text);
    if (n == 0 || n > NODE_ORG_MAX) return false;
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c <= ' ' || strchr("\x7f:;\"'", *c) != NULL) return false;
    return true;
}

// --- reading

static bool is_program_section(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(SHARED_SECTIONS); i++)
        if (strcmp(SHARED_SECTIONS[i], name) == 0) return true;
    return program_by_name(name) != NULL;
}

static int check_sections(const node_conf_t *conf, why_t *why)
{
    for (zconfig_t *item = zconfig_child(conf->root); item; item = zconfig_next(item)) {
        const char *name = zconfig_name(item);
        bool second = settings_is_second(conf->root, item);
        if (!second && (strcmp(name, "node") == 0 || strcmp(name, "parent") == 0 || is_program_section(name)))
            continue;
        unsigned line = settings_line(conf->text, name, NULL, second ? 2 : 1);
        if (second)
            why_set(why, _("node.conf line %u: section %s is there twice"), line, name);
        else
            why_set(why, _("node.conf line %u: there is no section %s"), line, name);
        return NODE_E_REFUSED;
    }
    return 0;
}

static int refuse_value(const node_conf_t *conf, const char *section, const char *key, why_t *why)
{
    unsigned line = settings_line(conf->text, section, key, 1);
    if (line)
        why_set(why, _("node.conf line %u: %s is not valid"), line, key);
    else
        why_set(why, _("node.conf: %s is missing in section %s"), key, section);
    return NODE_E_REFUSED;
}

bool node_is_endpoint(const char *text, bool listens)
{
    static const char scheme[] = "tcp://";
    if (strncmp(text, scheme, sizeof scheme - 1) != 0 || strlen(text) > NODE_ENDPOINT_MAX) return false;
    const char *host = text + sizeof scheme - 1, *colon = strrchr(host, ':');
    int64_t port;
    if (!colon || colon == host) return false;
    if (!int_parse(colon + 1, 1, 65535, &port) && !(listens && strcmp(colon + 1, "*") == 0)) return false;
    for (const char *c = host; c < colon; c++)
        if (*c <= ' ' || *c >= 0x7f || *c == '/' || *c == '"' || *c == '\'') return false;
    return true;
}

static int read_node(node_conf_t *conf, why_t *why)
{
    conf_text_t text;
    int r = node_settings(conf, &NODE_TABLE, &text, sizeof text, why);
    if (r) return r;
    if (!path_parse(text.path, &conf->path) || conf->path.len == 0)
        return refuse_value(conf, "node", "path", why);
    if (!node_is_org(text.org)) return refuse_value(conf, "node", "org", why);
    if (!*text.level) return refuse_value(conf, "node", "level", why);
    if (*text.listen && !node_is_endpoint(text.listen, true))
        return refuse_value(conf, "node", "listen", why);
    strcpy(conf->org, text.org);
    strcpy(conf->level, text.level);
    strcpy(conf->name, text.name);
    strcpy(conf->listen, text.listen);
    conf->rank = (uint32_t)text.rank;
    conf->replaced = text.replaced;
    return 0;
}

static int read_parent(node_conf_t *conf, why_t *why)
{
    if (!zconfig_locate(conf->root, "parent")) return 0;
    parent_text_t text;
    int r = node_settings(conf, &PARENT_TABLE, &text, sizeof text, why);
    if (r) return r;
    if (!node_is_endpoint(text.endpoint, false)) return refuse_value(conf, "parent", "endpoint", why);
    if (strlen(text.key) != KEY_Z85 || !zmq_z85_decode(conf->parent.key, text.key))
        return refuse_value(conf, "parent", "key", why);
    if (*text.org && !node_is_org(text.org)) return refuse_value(conf, "parent", "org", why);
    strcpy(conf->parent.endpoint, text.endpoint);
    strcpy(conf->parent.org, text.org);
    conf->parent.rank = (uint32_t)text.rank;
    conf->parent.known = true;
    return 0;
}

static int read_text(const char *dir, char **ret_text, why_t *why)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/node.conf", dir);
    uint8_t *text = NULL;
    size_t size = 0;
    int r = file_read(path, CONF_MAX, false, &text, &size);
    if (r == -ENOENT || r == -ENOTDIR) {
        why_set(why, _("there is no node in %s"), dir);
        return NODE_E_ABSENT;
    }
    if (!r && strlen((char *)text) != size) r = -EINVAL; // a NUL inside
    if (r) {
        xfree(&text);
        why_set(why, _("cannot read %s: %s"), path, system_error(-r));
        return NODE_E_REFUSED;
    }
    *ret_text = (char *)text;
    return 0;
}

int node_conf_load(const char *dir, node_conf_t *ret_conf, why_t *why)
{
    AUTO(node_conf_clear) node_conf_t conf = {0};
    int r = read_text(dir, &conf.text, why);
    if (r) return r;
    conf.root = zconfig_str_load(conf.text);
    if (!conf.root) {
        why_set(why, _("%s/node.conf is not a configuration file; its indentation or quotes are broken"),
                dir);
        return NODE_E_REFUSED;
    }
    r = check_sections(&conf, why);
    if (!r) r = read_node(&conf, why);
    if (!r) r = read_parent(&conf, why);
    if (r) return r;
    *ret_conf = conf;
    conf.root = NULL;
    conf.text = NULL;
    return 0;
}

void node_conf_clear(node_conf_t *conf)
{
    zconfig_destroy(&conf->root);
    free(conf->text);
    *conf = (node_conf_t){0};
}

int node_settings(const node_conf_t *conf, const settings_table_t *table, void *values, size_t values_size,
                  why_t *why)
{
    zconfig_t *section = conf->root ? zconfig_locate(conf->root, table->section) : NULL;
    return settings_load(table, section, conf->text, values, values_size, why) ? NODE_E_REFUSED : 0;
}

// --- writing

// A value between quotes that it does not contain; line breaks have no place in one. What has both quotes
// keeps its length: it has been found short enough.
static void put_value(FILE *to, const char *key, const char *value)
{
    char quote = strchr(value, '"') ? '\'' : '"';
    fprintf(to, "    %s = %c", key, quote);
    for (const char *c = value; *c; c++) fputc(*c == quote ? '`' : (unsigned char)*c < ' ' ? ' ' : *c, to);
    fprintf(to, "%c\n", quote);
}

static void put_parent(FILE *to, const node_parent_t *parent)
{
    char key[KEY_Z85 + 1];
    zmq_z85_encode(key, parent->key, NODE_KEY_SIZE);
    fputs("parent\n", to);
    put_value(to, "endpoint", parent->endpoint);
    put_value(to, "key", key);
    put_value(to, "org", parent->org);
    fprintf(to, "    rank = \"%u\"\n", parent->rank);
}

static void put_program_sections(FILE *to, zconfig_t *root)
{
    for (zconfig_t *section = zconfig_child(root); section; section = zconfig_next(section)) {
        if (!is_program_section(zconfig_name(section))) continue;
        fprintf(to, "%s\n", zconfig_name(section));
        for (zconfig_t *item = zconfig_child(section); item; item = zconfig_next(item))
            put_value(to, zconfig_name(item), zconfig_value(item) ? zconfig_value(item) : "");
    }
}

static void put_conf(FILE *to, const node_conf_t *conf)
{
    char path[PATH_TEXT];
    fputs("# A node of Selenga. Settings of its programs may be added; config/ explains them.\nnode\n", to);
    put_value(to, "path", path_text(&conf->path, path));
    put_value(to, "org", conf->org);
    put_value(to, "level", conf->level);
    fprintf(to, "    rank = \"%u\"\n", conf->rank);
    put_value(to, "name", conf->name);
    put_value(to, "listen", conf->listen);
    if (conf->replaced) put_value(to, "replaced", "yes");
    if (conf->parent.known) put_parent(to, &conf->parent);
    if (conf->root) put_program_sections(to, conf->root);
}

int node_conf_save(const char *dir, const node_conf_t *conf, why_t *why)
{
    AUTO(xfree) char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    if (!to) abort();
    put_conf(to, conf);
    fclose(to);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/node.conf", dir);
    int r = file_replace(path, slice(text, size), 0600);
    if (!r) return 0;
    why_set(why, _("cannot write %s: %s"), path, system_error(-r));
    return NODE_E_REFUSED;
}
