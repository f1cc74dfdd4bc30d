// SPDX-License-Identifier: Apache-2.0
// Requests to the running node, and the one place where an answer becomes what the shell sees.
#include "services/cli/ask.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/node/caller.h"
#include "common/node/msg.h"
#include "common/schema/fault.h"
#include "services/cli/words.h"

struct ask {
    caller_t *caller;
    char *dir;
};

const uint32_t ASK_SERVICES[] = {SERVICE_REGISTRY, SERVICE_DIAGNOSTICS, SERVICE_ROUTING, SERVICE_REPORTING,
                                 0};

char *ask_fault_text(const Selenga__Fault *fault)
{
    if (!fault) return xstrdup("");
    fault_t plain;
    char text[FAULT_TEXT];
    fault_from_proto(fault, &plain);
    return xstrdup(fault_text(&plain, text, sizeof text));
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

char *ask_code_text(const char *code)
{
    if (!code || !*code) return xstrdup("");
    Selenga__Fault fault = SELENGA__FAULT__INIT;
    fault.code = (char *)code;
    return ask_fault_text(&fault);
}

static bool is_node(const char *dir)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/node.conf", dir);
    return n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0;
}

// A supervisor whose gate ends again and again keeps its last words there.
static int not_running(const char *dir)
{
    AUTO(xfree) char *words = ask_last_words(dir, SERVICE_GATE);
    if (words) return cli_later(_("the gate of the node in %s does not start: %s"), dir, words);
    return cli_later(_("the node in %s is not running; start it: selenga node run %s"), dir, dir);
}

int ask_open(const cli_t *cli, ask_t **ret_ask)
{
    if (!cli->node) return cli_usage(cli, _("which node? Give --node DIR, or set SELENGA_NODE"));
    if (!is_node(cli->node))
        return cli_refuse(_("there is no node in %s; make one: selenga node init --help"), cli->node);
    AUTO(ask_destroy) ask_t *self = xcalloc(1, sizeof *self);
    self->dir = xstrdup(cli->node);
    int r = caller_open(cli->node, &self->caller);
    if (r == CALLER_E_NOT_RUNNING) return not_running(cli->node);
    if (r < 0) return cli_refuse("%s: %s", cli->node, strerror(-r));
    *ret_ask = self;
    self = NULL;
    return CLI_DONE;
}

void ask_destroy(ask_t **self_p)
{
    ask_t *self = *self_p;
    if (!self) return;
    caller_close(&self->caller);
    free(self->dir);
    free(self);
    *self_p = NULL;
}

static char *format_why(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *format_why(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0) abort();
    va_end(args);
    return text;
}

static int failure(const ask_t *self, uint32_t service, int r, char **ret_why)
{
    switch (r) {
    case CALLER_E_NOT_RUNNING:
        *ret_why = format_why(_("the node in %s is not running; start it: selenga node run %s"), self->dir,
                              self->dir);
        return CLI_LATER;
    case CALLER_E_TIMEOUT:
        *ret_why = format_why(_("%s does not answer; see: selenga node status"), words_service(service));
        return CLI_LATER;
    case -EMSGSIZE:
        *ret_why = format_why(_("too much for one message"));
        return CLI_REFUSED;
    default:
        break;
    }
    if (r < 0)
        *ret_why = xstrdup(strerror(-r));
    else
        *ret_why = format_why(_("%s gave an answer that cannot be read; are all programs of one version?"),
                              words_service(service));
    return CLI_REFUSED;
}

// The node said no, or not now.
static int denial(uint32_t service, slice_t body, char **ret_why)
{
    AUTO(msg_body_free) Selenga__Error *error = msg_body_unpack(&selenga__error__descriptor, body);
    if (!error) {
        *ret_why = format_why(_("%s gave an answer that cannot be read; are all programs of one version?"),
                              words_service(service));
        return CLI_REFUSED;
    }
    *ret_why = ask_fault_text(error->fault);
    return error->again ? CLI_LATER : CLI_REFUSED;
}

static int take_answer(const ask_t *self, uint32_t service, int r, const envelope_t *answer, uint32_t reply,
                       const ProtobufCMessageDescriptor *descriptor, void *ret_reply, char **ret_why)
{
    *ret_why = NULL;
    if (r != 0) return failure(self, service, r, ret_why);
    if (answer->type == MSG_ERROR) return denial(service, answer->body, ret_why);
    if (answer->type != reply) return failure(self, service, CALLER_E_BROKEN, ret_why);
    if (!ret_reply) return CLI_DONE;
    void *message = msg_body_unpack(descriptor, answer->body);
    if (!message) return failure(self, service, CALLER_E_BROKEN, ret_why);
    memcpy(ret_reply, &message, sizeof message); // whatever its type, it is a pointer
    return CLI_DONE;
}

int ask_quietly(ask_t *self, uint32_t service, uint32_t type, const void *body, uint32_t reply,
                const ProtobufCMessageDescriptor *descriptor, void *ret_reply, int timeout_ms, char **ret_why)
{
    envelope_t answer;
    int r = caller_call(self->caller, service, type, body, timeout_ms, &answer);
    return take_answer(self, service, r, &answer, reply, descriptor, ret_reply, ret_why);
}

int ask_call(ask_t *self, uint32_t service, uint32_t type, const void *body, uint32_t reply,
             const ProtobufCMessageDescriptor *descriptor, void *ret_reply, int timeout_ms)
{
    AUTO(xfree) char *why = NULL;
    int r = ask_quietly(self, service, type, body, reply, descriptor, ret_reply, timeout_ms, &why);
    if (r != CLI_DONE) cli_say("%s", why);
    return r;
}

int ask_call_bytes(ask_t *self, uint32_t service, uint32_t type, slice_t body, uint32_t reply,
                   const ProtobufCMessageDescriptor *descriptor, void *ret_reply, int timeout_ms)
{
    envelope_t answer;
    AUTO(xfree) char *why = NULL;
    int r = caller_call_bytes(self->caller, service, type, body, timeout_ms, &answer);
    r = take_answer(self, service, r, &answer, reply, descriptor, ret_reply, &why);
    if (r != CLI_DONE) cli_say("%s", why);
    return r;
}

enum { CATCH_UP_MS = 10000, CATCH_UP_STEP_MS = 20 };

static bool is_behind(ask_t *self, uint32_t producer, uint32_t service)
{
    AUTO(msg_body_free) Selenga__Queues *reply = NULL;
    AUTO(xfree) char *why = NULL;
    int r = ask_quietly(self, producer, MSG_QUEUES, NULL, MSG_QUEUES_REPLY, &selenga__queues__descriptor,
                        &reply, ASK_SHORT_MS, &why);
    if (r != CLI_DONE) return false;
    for (size_t i = 0; i < reply->n_queues; i++)
        if (reply->queues[i]->peer == service && reply->queues[i]->waiting > 0) return true;
    return false;
}

void ask_catch_up(ask_t *self, uint32_t service)
{
    uint64_t deadline = mono_ms() + CATCH_UP_MS;
    for (const uint32_t *producer = ASK_SERVICES; *producer;
         producer++) // in order: what one reads, the next may refer to
        while (*producer < service && is_behind(self, *producer, service) && mono_ms() < deadline)
            zmq_poll(NULL, 0, CATCH_UP_STEP_MS);
}
