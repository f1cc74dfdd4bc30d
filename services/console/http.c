// SPDX-License-Identifier: Apache-2.0
#include "services/console/http.h"
#include "common/base/clock.h"
#include "common/base/i18n.h"
#include "common/base/log.h"
#include "common/base/system_error.h"
#include "services/console/authority.h"
#include "services/console/exchange.h"
#include "services/console/listen.h"
#include <errno.h>
#include <malloc.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

typedef struct line {  // a connection
    int fd;            // -1: free
    uint64_t since_ms; // when its last request was over, or it came
    struct talk *talk; // NULL: no request is under way
} line_t;

typedef struct talk { // an exchange and its connection
    exchange_t exchange;
    http_t *http;
    struct MHD_Connection *connection; // NULL until the head is here
    bool suspended, answered;
    bool early; // the answer is there before the body: what comes after it on the connection is nobody's
    struct talk *next, **place; // of those that wait for the node
} talk_t;

struct http {
    struct MHD_Daemon *daemon;
    int events_fd; // epoll: libmicrohttpd's own, and connections that it does not watch while they wait
    uint64_t request_ms;
    house_t house;
    authority_t authority; // of a console under TLS
    line_t lines[HTTP_CONNECTIONS];
    talk_t *waiting;
    bool used, spread; // since the last tick; memory may lie free since
    char url[LISTEN_URL];
};

// On each answer of ours; what libmicrohttpd itself answers to bytes that are no HTTP has no page.
static const struct {
    const char *name, *value;
} HEADERS[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
     "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
};

// --- answers

static enum MHD_Result answer(talk_t *talk)
{
    size_t size;
    const page_t *page = &talk->exchange.page;
    char *bytes = exchange_answer(&talk->exchange, &size);
    bool own = page->bare && page->status == 200;
    struct MHD_Response *response = MHD_create_response_from_buffer(size, bytes, MHD_RESPMEM_MUST_FREE);
    if (response == NULL) {
        free(bytes);
        return MHD_NO;
    }
    for (size_t i = 0; i < ARRAY_SIZE(HEADERS); i++)
        MHD_add_response_header(response, HEADERS[i].name, HEADERS[i].value);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                            own ? page->type : "text/html; charset=utf-8");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, own ? "no-cache" : "no-store");
    if (own && page->attachment[0] != '\0')
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, page->attachment);
    if (page->status == 303) MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, page->location);
    if (page->status == 405) MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD, POST");
    if (talk->early) MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    for (size_t i = 0; i < page->n_cookies; i++)
        MHD_add_response_header(response, MHD_HTTP_HEADER_SET_COOKIE, page->cookies[i]);
    enum MHD_Result r = MHD_queue_response(talk->connection, page->status, response);
    MHD_destroy_response(response);
    talk->answered = true;
    return r;
}

// --- requests

typedef struct head {
    request_t *request;
    const char *length;
    bool host_twice, length_twice;
} head_t;

static enum MHD_Result take_header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
    head_t *head = arg;
    request_t *request = head->request;
    const struct {
        const char *name;
        const char **to;
    } wanted[] = {{"Host", &request->host},
                  {"Origin", &request->origin},
                  {"Referer", &request->referer},
                  {"Cookie", &request->cookie},
                  {"Accept-Language", &request->language},
                  {"Content-Type", &request->type},
                  {"Content-Length", &head->length}};
    (void)kind;
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        if (strcasecmp(name, wanted[i].name) != 0) continue;
        head->host_twice |= wanted[i].to == &request->host && *wanted[i].to != NULL;
        head->length_twice |= wanted[i].to == &head->length && *wanted[i].to != NULL;
        *wanted[i].to = value != NULL ? value : "";
    }
    return MHD_YES;
}

static enum MHD_Result begin(talk_t *talk, struct MHD_Connection *connection, const char *method)
{
    head_t head = {.request = &talk->exchange.request};
    int64_t length = 0;
    talk->connection = connection;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, take_header, &head);
    if (head.length != NULL && !int_parse(head.length, 0, INT64_MAX, &length)) length = INT64_MAX;
    exchange_t *exchange = &talk->exchange;
    talk->early = !exchange_begin(exchange, method, head.host_twice, head.length_twice, (uint64_t)length);
    if (talk->early) return answer(talk);
    if (exchange->uploads) exchange->upload = upload_new(connection, exchange->page.session->token);
    return exchange->uploads && exchange->upload == NULL ? MHD_NO : MHD_YES;
}

static line_t *line_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

// --- waiting for the node

// Has who waits for this page gone? What he sent off is done all the same: only who looked is looked after.
static void watch(const talk_t *talk, int op)
{
    struct epoll_event event = {.events = EPOLLRDHUP, .data.ptr = (void *)(uintptr_t)talk};
    const line_t *line = line_of(talk->connection);
    if (line == NULL || talk->exchange.request.post) return;
    if (epoll_ctl(talk->http->events_fd, op, line->fd, &event) != 0)
        log_once(L_DEBUG, "CONSOLE-HTTP", 0, "%s", system_error(errno));
}

static void unlink_talk(talk_t *talk)
{
    if (talk->place == NULL) return;
    watch(talk, EPOLL_CTL_DEL);
    *talk->place = talk->next;
    if (talk->next != NULL) talk->next->place = talk->place;
    talk->place = NULL;
}

static void resume(void *context)
{
    talk_t *talk = context;
    unlink_talk(talk);
    if (!talk->suspended) return;
    talk->suspended = false;
    MHD_resume_connection(talk->connection);
}

static void suspend(talk_t *talk)
{
    http_t *http = talk->http;
    talk->next = http->waiting;
    talk->place = &http->waiting;
    if (talk->next != NULL) talk->next->place = &talk->next;
    http->waiting = talk;
    talk->suspended = true;
    watch(talk, EPOLL_CTL_ADD);
    MHD_suspend_connection(talk->connection);
}

// It waits no more: the answer is this refusal.
static void end_wait(talk_t *talk, const char *why)
{
    talk->exchange.done = true;
    page_refuse(&talk->exchange.page, 503, _("Not now"), why);
    resume(talk);
}

static void end_abandoned(http_t *http)
{
    struct epoll_event events[HTTP_CONNECTIONS + 1];
    int n = epoll_wait(http->events_fd, events, ARRAY_SIZE(events), 0);
    for (int i = 0; i < n; i++)
        if (events[i].data.ptr != NULL) end_wait(events[i].data.ptr, _("Nobody waits for this any more."));
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **con_cls)
{
    talk_t *talk = *con_cls;
    (void)arg;
    (void)url;
    (void)version;
    if (talk == NULL || talk->answered) return MHD_NO;
    if (talk->connection == NULL) return begin(talk, connection, method);
    if (*upload_size > 0) {
        bool taken = talk->exchange.uploads ? upload_take(talk->exchange.upload, upload, *upload_size)
                                            : exchange_take(&talk->exchange, upload, *upload_size);
        *upload_size = 0;
        return taken ? MHD_YES : MHD_NO;
    }
    if (talk->exchange.uploads && !talk->suspended && !upload_end(talk->exchange.upload)) return MHD_NO;
    talk->exchange.uploads = false; // it is whole
    if (talk->exchange.done || exchange_run(&talk->exchange, mono_ms())) return answer(talk);
    suspend(talk);
    return MHD_YES;
}

static void end_talk(line_t *line)
{
    talk_t *talk = line->talk;
    line->talk = NULL;
    if (talk == NULL) return;
    unlink_talk(talk);
    exchange_clear(&talk->exchange);
    free(talk);
}

// Whatever libmicrohttpd refuses by itself after this (a head that is too large) is never told as completed:
// so the connection keeps the exchange.
static void *on_uri(void *arg, const char *uri, struct MHD_Connection *connection)
{
    http_t *http = arg;
    line_t *line = line_of(connection);
    if (line == NULL) return NULL;
    end_talk(line);
    talk_t *talk = line->talk = xcalloc(1, sizeof *talk);
    exchange_init(&talk->exchange, &http->house, uri);
    talk->exchange.ready = resume;
    talk->exchange.context = talk;
    talk->http = http;
    return talk;
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **con_cls,
                         enum MHD_RequestTerminationCode code)
{
    http_t *http = arg;
    line_t *line = line_of(connection);
    (void)code;
    http->used = true;
    *con_cls = NULL;
    if (line == NULL) return;
    line->since_ms = mono_ms();
    end_talk(line);
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    http_t *http = arg;
    line_t *line = *context;
    http->used = true;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (line == NULL) return;
        end_talk(line);
        line->fd = -1;
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    for (size_t i = 0; info != NULL && i < HTTP_CONNECTIONS; i++) {
        if (http->lines[i].fd >= 0) continue;
        http->lines[i] = (line_t){.fd = info->connect_fd, .since_ms = mono_ms()};
        *context = &http->lines[i];
        return;
    }
}

// Paths are decoded by request.c, which refuses what it cannot read.
static size_t on_unescape(void *arg, struct MHD_Connection *connection, char *text)
{
    (void)arg;
    (void)connection;
    return strlen(text);
}

__attribute__((format(printf, 2, 0))) static void on_log(void *arg, const char *format, va_list args)
{
    char text[256];
    (void)arg;
    vsnprintf(text, sizeof text, format, args);
    log_once(L_DEBUG, "CONSOLE-HTTP", 0, "%s", text);
}

// --- life

// One descriptor for all that may happen.
static bool watch_all(http_t *http)
{
    struct epoll_event event = {.events = EPOLLIN};
    int fd = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    http->events_fd = epoll_create1(EPOLL_CLOEXEC);
    return http->events_fd >= 0 && epoll_ctl(http->events_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

// libmicrohttpd hands nothing of ours to who asks for a certificate; a program has one console.
static const authority_t *shown;

static int on_handshake(gnutls_session_t session, const struct gnutls_cert_retr_st *info,
                        gnutls_pcert_st **chain, unsigned *n, gnutls_ocsp_data_st **ocsp, unsigned *n_ocsp,
                        gnutls_privkey_t *key, unsigned *flags)
{
    (void)session;
    (void)info;
    *ocsp = NULL;
    *n_ocsp = 0;
    *flags = GNUTLS_CERT_RETR_DEINIT_ALL;
    int rc = authority_give(shown, chain, n, key);
    if (rc != 0) log_once(L_ERROR, "CONSOLE-CERTIFICATE", 0, "%s", gnutls_strerror(rc));
    return rc == 0 ? 0 : -1;
}

int http_rename(http_t *http, const char *text, why_t *why)
{
    console_names_t names;
    if (console_names(text, &names, why) != 0) return -1;
    if (names.n == http->house.names.n &&
        memcmp(names.names, http->house.names.names, sizeof names.names) == 0)
        return 0;
    if ((names.n > 0) != (http->house.names.n > 0)) {
        why_set(why, _("whether it is under TLS changes with the next start of the node"));
        return -1;
    }
    if (authority_open(&names, http->house.node->org, wall_s(), &http->authority, why) != 0) return -1;
    http->house.names = names;
    listen_url(&names, http->house.port, http->url);
    return 0;
}

static void renew(http_t *http)
{
    why_t why;
    if (http->house.names.n == 0 || !authority_due(&http->authority, wall_s())) return;
    if (authority_open(&http->house.names, http->house.node->org, wall_s(), &http->authority, &why) != 0)
        log_once(L_ERROR, "CONSOLE-CERTIFICATE", 0, "%s", why.text);
}

int http_open(const http_setup_t *setup, http_t **ret_http, why_t *why)
{
    AUTO(http_close) http_t *http = xcalloc(1, sizeof *http);
    int fd;
    http->events_fd = -1;
    http->request_ms = setup->request_s * 1000UL;
    for (size_t i = 0; i < HTTP_CONNECTIONS; i++) http->lines[i].fd = -1;
    http->house = (house_t){.node = setup->node,
                            .client = setup->client,
                            .drafts = setup->drafts,
                            .setup = setup->setup,
                            .lang = i18n_now()};
    sessions_init(&http->house.sessions, setup->drafts != NULL ? drafts_secret(setup->drafts) : NULL);
    if (console_names(setup->names, &http->house.names, why) != 0 ||
        listen_open(setup->listen, &http->house.names, &fd, &http->house.port, http->url, why) != 0)
        return -1;
    bool secure = http->house.names.n > 0;
    if (secure &&
        authority_open(&http->house.names, setup->node->org, wall_s(), &http->authority, why) != 0) {
        xclose(&fd);
        return -1;
    }
    shown = &http->authority;
    // Without TLS the options end before those of TLS.
    http->daemon = MHD_start_daemon(
        (secure ? MHD_USE_TLS : 0) | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL,
        NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)HTTP_OF_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT, setup->idle_s,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_HEAD_MAX, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, on_uri, http, MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_UNESCAPE_CALLBACK, on_unescape, NULL,
        secure ? MHD_OPTION_HTTPS_CERT_CALLBACK2 : MHD_OPTION_END, on_handshake, MHD_OPTION_HTTPS_PRIORITIES,
        "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2", MHD_OPTION_END);
    if (setup->setup == NULL) http->house.jobs = jobs_open(setup->node, setup->client);
    if (http->daemon == NULL) xclose(&fd);
    if (http->daemon == NULL || !watch_all(http)) {
        why_set(why, _("the console cannot start its HTTP server"));
        return -1;
    }
    *ret_http = http;
    http = NULL;
    return 0;
}

void http_close(http_t **http)
{
    http_t *self = *http;
    if (self == NULL) return;
    while (self->waiting != NULL) // libmicrohttpd wants nobody suspended
        end_wait(self->waiting, _("The console is being stopped."));
    if (self->daemon != NULL) MHD_run(self->daemon);
    if (self->daemon != NULL) MHD_stop_daemon(self->daemon);
    jobs_close(&self->house.jobs);
    authority_clear(&self->authority);
    xclose(&self->events_fd);
    free(self);
    *http = NULL;
}

const char *http_url(const http_t *http)
{
    return http->url;
}

int http_fd(const http_t *http)
{
    return http->events_fd;
}

long http_due_ms(http_t *http)
{
    MHD_UNSIGNED_LONG_LONG due;
    return MHD_get_timeout(http->daemon, &due) == MHD_YES ? (long)due : -1;
}

int http_quiesce(http_t *http)
{
    return MHD_quiesce_daemon(http->daemon);
}

void http_turn(http_t *http)
{
    end_abandoned(http);
    MHD_run(http->daemon);
}

// When nobody has come for a tick, what many connections took is given back to the system: it lies in holes
// between what lives on, and malloc keeps those.
static void rest(http_t *http)
{
    if (!http->used && http->spread) malloc_trim(0);
    http->spread = http->used;
    http->used = false;
}

void http_tick(http_t *http, uint64_t now_ms)
{
    rest(http);
    renew(http);
    for (size_t i = 0; i < HTTP_CONNECTIONS; i++)
        if (http->lines[i].fd >= 0 && now_ms - http->lines[i].since_ms >= http->request_ms)
            shutdown(http->lines[i].fd, SHUT_RDWR);
    if (http->house.jobs != NULL) jobs_tick(http->house.jobs);
}
