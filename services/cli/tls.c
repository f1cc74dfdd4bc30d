// SPDX-License-Identifier: Apache-2.0
// A sheet to be printed: the addresses of the console, the fingerprint of the authority that its certificate
// is from, and what is to be done with it at each computer.
#include "services/cli/tls.h"
#include "common/base/file.h"
#include "common/base/i18n.h"
#include "common/base/system_error.h"
#include "common/node/console.h"
#include "services/cli/output.h"
#include "services/cli/program.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEM_MAX = 16 * 1024, FINGERPRINT = 3 * crypto_hash_sha256_BYTES };

// As browsers show it: SHA-256 of the certificate's bytes, in hex with ':'.
static bool fingerprint_of(const char *pem, char ret[static FINGERPRINT])
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END CERTIFICATE-----";
    uint8_t bytes[PEM_MAX], hash[crypto_hash_sha256_BYTES];
    size_t size;
    const char *from = strstr(pem, begin), *to = from != NULL ? strstr(from, end) : NULL;
    if (to == NULL) return false;
    from += sizeof begin - 1;
    if (sodium_base642bin(bytes, sizeof bytes, from, (size_t)(to - from), "\r\n", &size, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return false;
    crypto_hash_sha256(hash, bytes, size);
    for (size_t i = 0; i < sizeof hash; i++)
        snprintf(ret + 3 * i, 4, i + 1 < sizeof hash ? "%02X:" : "%02X", hash[i]);
    return true;
}

static void address(const char *name, const char *port, char *ret, size_t size)
{
    bool v6 = strchr(name, ':') != NULL;
    snprintf(ret, size, "https://%s%s%s:%s", v6 ? "[" : "", name, v6 ? "]" : "", port);
}

// The port that the system chose is not known here.
static const char *port_of(const console_settings_t *settings)
{
    const char *colon = strrchr(settings->listen, ':');
    return colon != NULL && strcmp(colon + 1, "0") != 0 ? colon + 1 : "PORT";
}

static void print_json(const console_names_t *names, const char *port, const char *fingerprint,
                       const char *pem)
{
    char text[CONSOLE_NAME_MAX + 32];
    json_t *addresses = json_array(), *sheet = json_object();
    for (size_t i = 0; i < names->n; i++) {
        address(names->names[i], port, text, sizeof text);
        json_array_append_new(addresses, json_string(text));
    }
    json_object_set_new(sheet, "addresses", addresses);
    json_object_set_new(sheet, "sha256", json_string(fingerprint));
    json_object_set_new(sheet, "certificate", json_string(pem));
    output_json(&sheet);
}

static void print_sheet(const node_conf_t *conf, const char *dir, const console_names_t *names,
                        const char *port, const char *fingerprint)
{
    char text[CONSOLE_NAME_MAX + 32];
    size_t half = 3 * (crypto_hash_sha256_BYTES / 2);
    printf(_("Selenga at %s: how to open it from another computer\n\n"),
           *conf->name != '\0' ? conf->name : conf->org);
    printf(_("1. Take the file %s/%s to the computer on a stick, under the name selenga.crt.\n"), dir,
           CONSOLE_AUTHORITY);
    fputs(_("2. Windows (Chrome, Edge, Yandex): open the file; Install certificate; Current user; Place all "
            "certificates in the following store; Trusted Root Certification Authorities.\n"
            "   Firefox: Settings; Privacy & Security; View Certificates; Authorities; Import; trust it to "
            "identify websites.\n"),
          stdout);
    fputs(_("3. Compare the certificate's SHA-256 fingerprint, which the browser shows, with this one:\n"),
          stdout);
    printf("   %.*s\n   %s\n", (int)half, fingerprint, fingerprint + half);
    fputs(_("   If it is another one, remove the certificate and tell the operator of the node.\n"), stdout);
    fputs(_("4. Open one of these addresses:\n"), stdout);
    for (size_t i = 0; i < names->n; i++) {
        address(names->names[i], port, text, sizeof text);
        printf("   %s\n", text);
    }
    if (strcmp(port, "PORT") == 0) fputs(_("   `node status` names the port.\n"), stdout);
    fputs(_("5. Where the browser warns nevertheless, do not go on: it is not this node that answers.\n\n"
            "The certificate is good for these addresses alone.\n"),
          stdout);
}

int tls_run(const cli_t *cli)
{
    const char *dir = cli->n_args ? cli->args[0] : cli->node;
    AUTO(node_conf_clear) node_conf_t conf = {0};
    AUTO(xfree) uint8_t *pem = NULL;
    console_settings_t settings;
    console_names_t names;
    why_t why;
    char fingerprint[FINGERPRINT];
    size_t size;
    if (!dir) return cli_usage(cli, _("which node? Give its directory"));
    if (node_conf_load(dir, &conf, &why) != 0 ||
        node_settings(&conf, &CONSOLE_SETTINGS, &settings, sizeof settings, &why) != 0 ||
        console_names(settings.names, &names, &why) != 0)
        return cli_refuse("%s", why.text);
    if (names.n == 0)
        return cli_refuse(_("the console of this node is for its own computer alone: `names` of section "
                            "console in node.conf is empty"));
    AUTO(xfree) char *file = NULL;
    if (asprintf(&file, "%s/%s", dir, CONSOLE_AUTHORITY) < 0) out_of_memory();
    int rc = file_read(file, PEM_MAX, false, &pem, &size);
    if (rc != 0) return cli_refuse(_("%s: %s. The console makes it when it starts"), file, system_error(-rc));
    if (!fingerprint_of((char *)pem, fingerprint)) return cli_refuse(_("%s: this is no certificate"), file);
    if (cli->json)
        print_json(&names, port_of(&settings), fingerprint, (char *)pem);
    else
        print_sheet(&conf, dir, &names, port_of(&settings), fingerprint);
    return CLI_DONE;
}
