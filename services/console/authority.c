// SPDX-License-Identifier: Apache-2.0
#include "services/console/authority.h"
#include "common/base/file.h"
#include "common/base/i18n.h"
#include "common/base/log.h"
#include "common/base/system_error.h"
#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define DAY ((time_t)24 * 3600)
enum {
    PEM_MAX = 16 * 1024,
    AUTHORITY_DAYS = 20 * 365,
    SERVER_DAYS = 790, // browsers take no longer ones
    AHEAD_DAYS = 30,   // their clocks may be late
    RENEW_DAYS = 90,   // before its end: a computer that is off over the summer is back by then
    CHAIN = 2,
    FLOOR_S = 1767225600, // 2026: no clock is earlier than its program
    ADDRESS_MAX = 16,
};

typedef struct made {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t crt;
} made_t;

static void made_free(made_t *made)
{
    if (made->key != NULL) gnutls_x509_privkey_deinit(made->key);
    if (made->crt != NULL) gnutls_x509_crt_deinit(made->crt);
}

static int refuse(why_t *why, int rc)
{
    why_set(why, _("the console's certificate cannot be made: %s"), gnutls_strerror(rc));
    return -1;
}

// ---- names

typedef struct subject {
    gnutls_x509_subject_alt_name_t type;
    uint8_t bytes[2 * ADDRESS_MAX]; // of an address, and behind it the mask that means it alone
    gnutls_datum_t name;
} subject_t;

static void subject_of(const char *name, subject_t *ret)
{
    unsigned size = 0;
    if (inet_pton(AF_INET, name, ret->bytes) == 1) size = 4;
    if (size == 0 && inet_pton(AF_INET6, name, ret->bytes) == 1) size = ADDRESS_MAX;
    memset(ret->bytes + size, 0xff, size);
    ret->type = size > 0 ? GNUTLS_SAN_IPADDRESS : GNUTLS_SAN_DNSNAME;
    ret->name = size > 0 ? (gnutls_datum_t){ret->bytes, size}
                         : (gnutls_datum_t){(unsigned char *)(uintptr_t)name, (unsigned)strlen(name)};
}

// Those of node.conf, and behind them those of this computer; NULL: no more.
static const char *name_at(const console_names_t *names, size_t i)
{
    static const char *const own[] = {"localhost", "127.0.0.1", "::1"};
    if (i < names->n) return names->names[i];
    return i - names->n < ARRAY_SIZE(own) ? own[i - names->n] : NULL;
}

static int constrain(gnutls_x509_crt_t crt, const console_names_t *names)
{
    gnutls_x509_name_constraints_t allowed;
    const char *name;
    int rc = gnutls_x509_name_constraints_init(&allowed);
    for (size_t i = 0; rc == 0 && (name = name_at(names, i)) != NULL; i++) {
        subject_t subject;
        subject_of(name, &subject);
        if (subject.type == GNUTLS_SAN_IPADDRESS) subject.name.size *= 2;
        rc = gnutls_x509_name_constraints_add_permitted(allowed, subject.type, &subject.name);
    }
    if (rc == 0) rc = gnutls_x509_crt_set_name_constraints(crt, allowed, 1);
    gnutls_x509_name_constraints_deinit(allowed);
    return rc;
}

static bool may_speak_for_all(gnutls_x509_crt_t crt, const console_names_t *names)
{
    gnutls_x509_name_constraints_t allowed;
    const char *name;
    unsigned critical;
    if (gnutls_x509_name_constraints_init(&allowed) != 0) return false;
    bool may = gnutls_x509_crt_get_name_constraints(crt, allowed, 0, &critical) == 0;
    for (size_t i = 0; may && (name = name_at(names, i)) != NULL; i++) {
        subject_t subject;
        subject_of(name, &subject);
        may = gnutls_x509_name_constraints_check(allowed, subject.type, &subject.name) != 0;
    }
    gnutls_x509_name_constraints_deinit(allowed);
    return may;
}

// ---- certificates

// A new key and what all certificates have.
static int begin(made_t *made, const char *name, time_t now, int days)
{
    uint8_t serial[16];
    randombytes_buf(serial, sizeof serial);
    serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40);
    int rc = gnutls_x509_privkey_init(&made->key);
    if (rc == 0)
        rc = gnutls_x509_privkey_generate(made->key, GNUTLS_PK_ECDSA,
                                          GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    if (rc == 0) rc = gnutls_x509_crt_init(&made->crt);
    if (rc == 0) rc = gnutls_x509_crt_set_version(made->crt, 3);
    if (rc == 0) rc = gnutls_x509_crt_set_serial(made->crt, serial, sizeof serial);
    if (rc == 0) rc = gnutls_x509_crt_set_activation_time(made->crt, now - AHEAD_DAYS * DAY);
    if (rc == 0) rc = gnutls_x509_crt_set_expiration_time(made->crt, now + days * DAY);
    if (rc == 0)
        rc = gnutls_x509_crt_set_dn_by_oid(made->crt, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                           (unsigned)strlen(name));
    return rc == 0 ? gnutls_x509_crt_set_key(made->crt, made->key) : rc;
}

static int set_key_id(gnutls_x509_crt_t crt, gnutls_x509_crt_t of)
{
    uint8_t id[64];
    size_t size = sizeof id;
    int rc = gnutls_x509_crt_get_key_id(of, 0, id, &size);
    if (rc != 0) return rc;
    return crt == of ? gnutls_x509_crt_set_subject_key_id(crt, id, size)
                     : gnutls_x509_crt_set_authority_key_id(crt, id, size);
}

static int make_authority(const console_names_t *names, const char *node, time_t now, made_t *made)
{
    char name[64]; // as much as a common name has
    snprintf(name, sizeof name, "Selenga %s", node);
    int rc = begin(made, name, now, AUTHORITY_DAYS);
    if (rc == 0) rc = gnutls_x509_crt_set_basic_constraints(made->crt, 1, 0);
    if (rc == 0) rc = gnutls_x509_crt_set_key_usage(made->crt, GNUTLS_KEY_KEY_CERT_SIGN);
    if (rc == 0) rc = set_key_id(made->crt, made->crt);
    if (rc == 0) rc = constrain(made->crt, names);
    return rc == 0 ? gnutls_x509_crt_sign2(made->crt, made->crt, made->key, GNUTLS_DIG_SHA256, 0) : rc;
}

static int make_server(const console_names_t *names, const made_t *authority, time_t now, made_t *made)
{
    const char *name;
    int rc = begin(made, name_at(names, 0), now, SERVER_DAYS);
    if (rc == 0) rc = gnutls_x509_crt_set_basic_constraints(made->crt, 0, -1);
    if (rc == 0) rc = gnutls_x509_crt_set_key_usage(made->crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
    if (rc == 0) rc = gnutls_x509_crt_set_key_purpose_oid(made->crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
    if (rc == 0) rc = set_key_id(made->crt, authority->crt);
    for (size_t i = 0; rc == 0 && (name = name_at(names, i)) != NULL; i++) {
        subject_t subject;
        subject_of(name, &subject);
        rc = gnutls_x509_crt_set_subject_alt_name(made->crt, subject.type, subject.name.data,
                                                  subject.name.size, GNUTLS_FSAN_APPEND);
    }
    return rc == 0 ? gnutls_x509_crt_sign2(made->crt, authority->crt, authority->key, GNUTLS_DIG_SHA256, 0)
                   : rc;
}

// ---- on disk

static int load(const console_names_t *names, made_t *made)
{
    AUTO(xfree) uint8_t *key = NULL;
    AUTO(xfree) uint8_t *crt = NULL;
    size_t n_key = 0, n_crt = 0;
    if (file_read(CONSOLE_AUTHORITY_KEY, PEM_MAX, true, &key, &n_key) != 0 ||
        file_read(CONSOLE_AUTHORITY, PEM_MAX, false, &crt, &n_crt) != 0)
        return -1;
    const gnutls_datum_t key_pem = {key, (unsigned)n_key}, crt_pem = {crt, (unsigned)n_crt};
    int rc = gnutls_x509_privkey_init(&made->key);
    if (rc == 0) rc = gnutls_x509_privkey_import(made->key, &key_pem, GNUTLS_X509_FMT_PEM);
    if (rc == 0) rc = gnutls_x509_crt_init(&made->crt);
    if (rc == 0) rc = gnutls_x509_crt_import(made->crt, &crt_pem, GNUTLS_X509_FMT_PEM);
    sodium_memzero(key, n_key);
    return rc == 0 && may_speak_for_all(made->crt, names) ? 0 : -1;
}

// Also into *ret_text, which ends with a NUL, where that is wanted.
static int write_pem(const char *path, gnutls_datum_t *pem, mode_t mode, why_t *why)
{
    int rc = file_replace(path, slice(pem->data, pem->size), mode);
    sodium_memzero(pem->data, pem->size);
    gnutls_free(pem->data);
    if (rc != 0) why_set(why, "%s: %s", path, system_error(-rc));
    return rc != 0 ? -1 : 0;
}

static int keep(const made_t *made, why_t *why)
{
    gnutls_datum_t key = {0}, crt = {0};
    int rc = gnutls_x509_privkey_export2(made->key, GNUTLS_X509_FMT_PEM, &key);
    if (rc != 0) return refuse(why, rc);
    if (write_pem(CONSOLE_AUTHORITY_KEY, &key, 0600, why) != 0) return -1;
    rc = gnutls_x509_crt_export2(made->crt, GNUTLS_X509_FMT_PEM, &crt);
    return rc != 0 ? refuse(why, rc) : write_pem(CONSOLE_AUTHORITY, &crt, 0640, why);
}

static char *text_of(gnutls_datum_t *a, const gnutls_datum_t *b)
{
    char *text = xcalloc(a->size + b->size + 1, 1);
    memcpy(text, a->data, a->size);
    if (b->size > 0) memcpy(text + a->size, b->data, b->size);
    sodium_memzero(a->data, a->size);
    gnutls_free(a->data);
    return text;
}

static int give(const made_t *authority, const made_t *server, authority_t *ret, why_t *why)
{
    gnutls_datum_t key = {0}, crt = {0}, above = {0};
    int rc = gnutls_x509_privkey_export2(server->key, GNUTLS_X509_FMT_PEM, &key);
    if (rc == 0) rc = gnutls_x509_crt_export2(server->crt, GNUTLS_X509_FMT_PEM, &crt);
    if (rc == 0) rc = gnutls_x509_crt_export2(authority->crt, GNUTLS_X509_FMT_PEM, &above);
    if (rc == 0) {
        authority_clear(ret);
        ret->from_s = gnutls_x509_crt_get_activation_time(server->crt);
        ret->until_s = gnutls_x509_crt_get_expiration_time(server->crt);
        ret->key = text_of(&key, &(gnutls_datum_t){0});
        ret->chain = text_of(&crt, &above);
        gnutls_free(above.data);
        return 0;
    }
    gnutls_free(key.data);
    gnutls_free(crt.data);
    return refuse(why, rc);
}

// No clock is earlier than its program.
static time_t sensible(int64_t now_s)
{
    return now_s > FLOOR_S ? (time_t)now_s : FLOOR_S;
}

int authority_open(const console_names_t *names, const char *node, int64_t now_s, authority_t *ret,
                   why_t *why)
{
    AUTO(made_free) made_t authority = {0};
    AUTO(made_free) made_t other = {0};
    AUTO(made_free) made_t server = {0};
    time_t now = sensible(now_s);
    int rc = 0;
    const made_t *own = &authority;
    if (load(names, &authority) != 0) {
        own = &other;
        if ((rc = make_authority(names, node, now, &other)) != 0) return refuse(why, rc);
        if (keep(&other, why) != 0) return -1;
        log_at(L_WARNING, "CONSOLE-AUTHORITY",
               _("a new authority for the console's certificate was made; `selenga node tls` prints what is "
                 "to be done at each computer that opens the console"));
    }
    if ((rc = make_server(names, own, now, &server)) != 0) return refuse(why, rc);
    return give(own, &server, ret, why);
}

bool authority_due(const authority_t *authority, int64_t now_s)
{
    int64_t now = sensible(now_s);
    return now < authority->from_s || now >= authority->until_s - RENEW_DAYS * DAY;
}

static gnutls_datum_t pem_of(const char *text)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)text, (unsigned)strlen(text)};
}

int authority_give(const authority_t *authority, gnutls_pcert_st **ret_chain, unsigned *ret_n,
                   gnutls_privkey_t *ret_key)
{
    const gnutls_datum_t chain = pem_of(authority->chain), key = pem_of(authority->key);
    unsigned n = CHAIN;
    gnutls_privkey_t own = NULL;
    gnutls_pcert_st *certificates = gnutls_calloc(CHAIN, sizeof *certificates);
    if (certificates == NULL) return GNUTLS_E_MEMORY_ERROR;
    int rc = gnutls_pcert_list_import_x509_raw(certificates, &n, &chain, GNUTLS_X509_FMT_PEM, 0);
    if (rc != 0) n = 0;
    if (rc == 0) rc = gnutls_privkey_init(&own);
    if (rc == 0) rc = gnutls_privkey_import_x509_raw(own, &key, GNUTLS_X509_FMT_PEM, NULL, 0);
    if (rc == 0) {
        *ret_chain = certificates;
        *ret_n = n;
        *ret_key = own;
        return 0;
    }
    for (unsigned i = 0; i < n; i++) gnutls_pcert_deinit(&certificates[i]);
    gnutls_free(certificates);
    if (own != NULL) gnutls_privkey_deinit(own);
    return rc;
}

void authority_clear(authority_t *authority)
{
    if (authority->key != NULL) sodium_memzero(authority->key, strlen(authority->key));
    free(authority->key);
    free(authority->chain);
    *authority = (authority_t){0};
}
