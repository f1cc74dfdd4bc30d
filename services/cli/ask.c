// SPDX-License-Identifier: Apache-2.0
#include "services/cli/ask.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/file.h"
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/forms/words.h"
#include "common/node/settle.h"
#include "common/schema/fault.h"

enum { CATCH_UP_MS = 10000 };

struct ask {
    client_t *client;
    char *dir;
};

char *ask_fault_typed(const Selenga__Fault *fault, const kind_rule_t *kind)
{
    if (!fault) return xstrdup("");
    fault_t plain;
    char text[FAULT_TEXT];
    fault_from_proto(fault, &plain);
    return xstrdup(fault_text_typed(&plain, kind, i18n_now(), text, sizeof text));
}

char *ask_fault_of(const Selenga__Fault *fault, const kind_rule_t *kind)
{
    if (!fault) return xstrdup("");
    fault_t plain;
    char text[FAULT_TEXT];
    fault_from_proto(fault, &plain);
    return xstrdup(fault_text_of(&plain, kind, i18n_now(), text, sizeof text));
}

char *ask_fault_text(const Selenga__Fault *fault)
{
    return ask_fault_of(fault, NULL);
}

char *ask_last_words(const char *dir, uint32_t service)
{
    enum { WORDS_MAX = 8192 };
    static const char level[] = " error ";
    char path[PATH_MAX];
    AUTO(xfree) uint8_t *words = NULL;
    size_t size;
    int n = snprintf(path, sizeof path, "%s/run/%s.trouble", dir, words_service(service));
    if (n < 0 || (size_t)n >= sizeof path) return NULL;
    if (file_read(path, WORDS_MAX, false, &words, &size) != 0 || size == 0) return NULL;
    const char *from = strstr((const char *)words, level);
    return xstrdup(from ? from + sizeof level - 1 : (const char *)words);
}

char *ask_code_text(const char *code, const char *words)
{
    if (!code || !*code) return xstrdup("");
    Selenga__Fault fault = SELENGA__FAULT__INIT;
    fault.code = (char *)code;
    fault.args = (char **)&words;
    fault.n_args = words && *words;
    return ask_fault_text(&fault);
}

static int status_of(client_status_t status)
{
    return status == CLIENT_DONE ? CLI_DONE : status == CLIENT_LATER ? CLI_LATER : CLI_REFUSED;
}

static char *why_text(const char *dir, const client_why_t *why)
{
    size_t size = CLIENT_WHY_TEXT + 8 * strlen(dir); // quoted, twice
    char *text = xmalloc(size);
    client_why_text(why, dir, i18n_now(), text, size);
    return text;
}

static int say(const char *dir, client_status_t status, const client_why_t *why)
{
    if (status == CLIENT_DONE) return CLI_DONE;
    AUTO(xfree) char *text = why_text(dir, why);
    cli_say("%s", text);
    return status_of(status);
}

int ask_said(const ask_t *self, client_status_t status, const client_why_t *why)
{
    return say(self->dir, status, why);
}

int ask_open(const cli_t *cli, ask_t **ret_ask)
{
    if (!cli->node) return cli_usage(cli, _("which node? Give --node DIR, or set SELENGA_NODE"));
    client_t *client = NULL;
    client_why_t why;
    client_status_t status = client_open(cli->node, &client, &why);
    // A supervisor whose gate ends again and again keeps its last words there.
    AUTO(xfree)
    char *words = status != CLIENT_DONE && why.cause == CLIENT_NOT_RUNNING
                      ? ask_last_words(cli->node, SERVICE_GATE)
                      : NULL;
    if (words) return cli_later(_("the gate of the node in %s does not start: %s"), cli->node, words);
    int r = say(cli->node, status, &why);
    if (r != CLI_DONE) return r;
    ask_t *self = xcalloc(1, sizeof *self);
    *self = (ask_t){.client = client, .dir = xstrdup(cli->node)};
    *ret_ask = self;
    return CLI_DONE;
}

void ask_destroy(ask_t **self_p)
{
    ask_t *self = *self_p;
    if (!self) return;
    client_close(&self->client);
    free(self->dir);
    free(self);
    *self_p = NULL;
}

client_t *ask_client(ask_t *self)
{
    return self->client;
}

int ask_quietly(ask_t *self, uint32_t service, uint32_t type, const void *body, uint32_t reply,
                const ProtobufCMessageDescriptor *descriptor, void *ret_reply, int timeout_ms, char **ret_why)
{
    client_request_t request = {.service = service,
                                .type = type,
                                .body = body,
                                .reply = reply,
                                .descriptor = descriptor,
                                .timeout_ms = timeout_ms};
    client_why_t why;
    client_status_t status = client_call(self->client, &request, ret_reply, &why);
    *ret_why = status == CLIENT_DONE ? NULL : why_text(self->dir, &why);
    return status_of(status);
}

int ask_call(ask_t *self, uint32_t service, uint32_t type, const void *body, uint32_t reply,
             const ProtobufCMessageDescriptor *descriptor, void *ret_reply, int timeout_ms)
{
    client_request_t request = {.service = service,
                                .type = type,
                                .body = body,
                                .reply = reply,
                                .descriptor = descriptor,
                                .timeout_ms = timeout_ms};
    client_why_t why;
    client_status_t status = client_call(self->client, &request, ret_reply, &why);
    return ask_said(self, status, &why);
}

void ask_catch_up(ask_t *self, uint32_t service)
{
    settle_wait(self->client, service, CATCH_UP_MS);
}

void ask_catch_up_all(ask_t *self)
{
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END; service++) ask_catch_up(self, service);
}
