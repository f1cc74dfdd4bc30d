// SPDX-License-Identifier: Apache-2.0
#include "services/console/exchange.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/vec.h"
#include "services/console/again.h"
#include "services/console/entering.h"
#include "services/console/keeping.h"
#include <sodium.h>
#include <stdlib.h>

#define COOKIE_SESSION "selenga"
#define COOKIE_LANG "selenga-lang"

static void page_ready(void *context);

void exchange_init(exchange_t *self, house_t *house, const char *uri)
{
    *self = (exchange_t){.house = house, .uri = xstrdup(uri), .since_ms = mono_ms()};
    self->page = (page_t){.request = &self->request,
                          .node = house->node,
                          .sessions = &house->sessions,
                          .drafts = house->drafts,
                          .counts = &house->counts,
                          .client = house->client,
                          .jobs = house->jobs,
                          .setup = house->setup,
                          .answered = page_ready,
                          .context = self,
                          .status = 200};
}

void exchange_clear(exchange_t *self)
{
    page_clear(&self->page);
    upload_destroy(&self->upload);
    request_free(&self->request);
    free(self->uri);
    sodium_memzero(self->page.entered, sizeof self->page.entered);
    if (self->body != NULL) sodium_memzero(self->body, self->body_size);
    free(self->body);
    *self = (exchange_t){0};
}

// --- in which language

static lang_t language_of(const exchange_t *self)
{
    char name[8];
    lang_t lang = self->house->lang;
    const char *asked = form_value(&self->request.query, "lang"), *said = self->request.language;
    if (request_cookie(&self->request, COOKIE_LANG, name, sizeof name) && lang_by_name(name, &lang))
        return lang;
    if (asked != NULL && lang_by_name(asked, &lang)) return lang;
    const char *ru = said != NULL ? strcasestr(said, "ru") : NULL,
               *en = said != NULL ? strcasestr(said, "en") : NULL;
    if (ru == NULL && en == NULL) return lang;
    return en == NULL || (ru != NULL && ru < en) ? LANG_RU : LANG_EN;
}

// --- refusals before a page

static bool refuse(exchange_t *self, unsigned status, const char *title, const char *text)
{
    page_refuse(&self->page, status, title, text);
    log_once(L_WARNING, "CONSOLE-REFUSED", status, _("a request of a browser was refused: %u, %s"), status,
             text);
    self->done = true;
    return false;
}

static bool check_head(exchange_t *self, const char *method, bool host_twice, bool length_twice)
{
    request_t *request = &self->request;
    if (host_twice || !request_is_for_us(request->host, self->house->port, &self->house->names))
        return refuse(self, 421, _("Another address"),
                      _("This page is called by the names of this computer, and by no other."));
    if (!request->post && strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        return refuse(self, 405, _("Not so"), _("This console answers GET, HEAD and POST only."));
    if (length_twice) // a proxy before us may have taken the other one, and another request for its body
        return refuse(self, 400, _("Not clear"), _("The browser says twice how long its request is."));
    if (strlen(self->uri) > REQUEST_URI_MAX)
        return refuse(self, 414, _("Too long"), _("This address is too long."));
    return true;
}

static void find_session(exchange_t *self, uint64_t now_ms);
static bool check_account(exchange_t *self);

// Only one address takes files, and only from those who may use it: nobody else has a byte on our disk.
static bool check_upload(exchange_t *self, uint64_t announced)
{
    find_session(self, mono_ms());
    if (!check_account(self)) return false;
    if (announced > UPLOAD_FILE_MAX + FORM_BODY_MAX)
        return refuse(self, 413, _("Too much"), _("A file may have twenty mebibytes. Send it in parts."));
    return true;
}

static bool is_upload(exchange_t *self)
{
    const request_t *request = &self->request;
    return request->post && route_find(request, &self->route) == ROUTE_FOUND &&
           (self->route->methods & ROUTE_UPLOAD) != 0 && request->type != NULL &&
           strncasecmp(request->type, "multipart/form-data;", 20) == 0;
}

bool exchange_begin(exchange_t *self, const char *method, bool host_twice, bool length_twice,
                    uint64_t announced)
{
    i18n_use(self->page.lang = self->house->lang);
    self->request.secure = self->house->names.n > 0;
    self->request.post = strcmp(method, "POST") == 0;
    if (!check_head(self, method, host_twice, length_twice)) return false;
    bool sound = request_uri(&self->request, self->uri);
    self->uploads = sound && is_upload(self);
    if (announced > FORM_BODY_MAX && !self->uploads)
        return refuse(self, 413, _("Too much"), _("A form may have one mebibyte. Send less at one time."));
    if (!sound) return refuse(self, 400, _("No address"), _("There is no such address here."));
    i18n_use(self->page.lang = language_of(self));
    if (self->request.post && !request_is_ours(&self->request))
        return refuse(
            self, 403, _("Not from here"),
            _("This form was not sent by a page of this console. Open the page anew and send it again."));
    if (self->uploads) return check_upload(self, announced);
    if (self->request.post && !request_has_form(&self->request))
        return refuse(self, 415, _("No form"), _("What was sent is not a form."));
    return true;
}

bool exchange_take(exchange_t *self, const void *bytes, size_t size)
{
    if (self->body_size + size > FORM_BODY_MAX) return false;
    vec_reserve(self->body, self->body_room, self->body_size + size);
    memcpy(self->body + self->body_size, bytes, size);
    self->body_size += size;
    return true;
}

// --- the page

static void find_session(exchange_t *self, uint64_t now_ms)
{
    char id[SESSION_ID];
    if (text_copy(id, sizeof id, self->page.entered) && *id == '\0' &&
        !request_cookie(&self->request, COOKIE_SESSION, id, sizeof id))
        return;
    self->page.session = session_find(&self->house->sessions, id, now_ms);
    sodium_memzero(id, sizeof id);
}

// A log-in form has no session; its token belongs to a cookie that came with it. A form that an earlier
// session of the same account has made is taken as well.
static bool token_fits(const exchange_t *self)
{
    const page_t *page = &self->page;
    const char *shown = form_value(&self->request.form, "token");
    if (page->session != NULL &&
        (session_token_fits(page->session->token, shown) ||
         session_token_of(page->sessions, page->session->account.name, shown, wall_s())))
        return true;
    return self->route->roles == 0 && entering_guest_fits(page, shown);
}

// What he typed is kept for the one whose form it is, whoever sits there now.
static bool keep_for_owner(exchange_t *self)
{
    const char *whose = self->route->roles != 0 && !self->route->bare ? again_whose(&self->page) : NULL;
    self->again = whose != NULL && self->page.session == NULL;
    return whose != NULL && keeping_keep(&self->page, whose);
}

static void to_log_in(exchange_t *self)
{
    html_t then = {0};
    size_t size;
    html_segment(&then, request_safe_path(self->request.uri));
    AUTO(xfree) char *path = html_take(&then, &size);
    page_go(&self->page, "/login?then=%.*s", (int)size, path);
    self->done = true;
}

static bool check_form(exchange_t *self)
{
    slice_t body = self->upload != NULL ? upload_form(self->upload) : slice(self->body, self->body_size);
    if (!form_parse(body, &self->request.form))
        return refuse(self, 400, _("No form"), _("What was sent is not a form."));
    if (token_fits(self)) return true;
    bool kept = keep_for_owner(self);
    if (self->again) return true;
    if (kept)
        return refuse(
            self, 403, _("Somebody else is logged in"),
            _("What you typed is kept for the account that opened the form, and nothing was saved."));
    return refuse(
        self, 403, _("The page is too old"),
        _("You were logged out meanwhile, or the page was open for too long. Log in, open it anew and "
          "send it again."));
}

// Where there is no node yet there is one page, with its style.
static bool is_of_setup(const request_t *request)
{
    const char *first = request->n_segments > 0 ? request->segments[0] : "";
    return strcmp(first, "setup") == 0 || strcmp(first, "assets") == 0;
}

static bool find_route(exchange_t *self)
{
    if (self->house->setup != NULL && !is_of_setup(&self->request) && !self->request.post) {
        page_go(&self->page, "/setup?lang=%s", lang_name(self->page.lang));
        self->done = true;
        return false;
    }
    if (self->house->setup != NULL && !is_of_setup(&self->request))
        return refuse(self, 404, _("No such page"), _("There is no such address here."));
    switch (route_find(&self->request, &self->route)) {
    case ROUTE_NONE:
        return refuse(self, 404, _("No such page"), _("There is no such address here."));
    case ROUTE_METHOD:
        return refuse(self, 405, _("Not so"),
                      _("What changes something is sent by a form, all else is not."));
    case ROUTE_FOUND:
        return true;
    }
    return false;
}

static bool check_account(exchange_t *self)
{
    const account_t *who = self->page.session != NULL ? &self->page.session->account : NULL;
    route_may_t may = route_may(self->route, who, self->house->node->org);
    if (self->again) return true; // nobody yet
    if (may == ROUTE_LOG_IN && !self->request.post) {
        to_log_in(self);
        return false;
    }
    if (may != ROUTE_MAY)
        return refuse(self, 403, _("Not for you"),
                      _("Your account may not see this. Ask the operator of the node."));
    return true;
}

// True: whoever sent the form is logged in again, and his page comes now.
static bool log_in_again(exchange_t *self)
{
    page_t *page = &self->page;
    again_t again = again_ask(page);
    self->done = !page->waiting;
    if (again == AGAIN_ASKS) return false;
    if (again == AGAIN_OTHER) {
        page_go(page, "/");
        return false;
    }
    self->again = false;
    page_clear(page);
    page_again(page);
    return check_account(self);
}

static bool run_page(exchange_t *self)
{
    page_t *page = &self->page;
    i18n_use(page->lang);
    page_again(page);
    if (self->again && !log_in_again(self)) return self->done;
    bool in = self->page.session != NULL;
    if (in) find_session(self, mono_ms()); // it may have ended while the page waited
    if (in && page->session == NULL) {
        if (self->request.post) (void)keep_for_owner(self);
        to_log_in(self);
        return true;
    }
    page->bare = self->route->bare;
    page->upload = self->upload;
    if ((page->bare || frame_ask(page)) && !page->waiting) self->route->run(page);
    self->done = !page->waiting;
    if (self->done) keeping_end(page);
    return self->done;
}

static bool run(exchange_t *self)
{
    bool done = run_page(self);
    if (done && self->page.entered[0] != '\0')
        page_cookie(&self->page, COOKIE_SESSION, self->page.entered, 0);
    return done;
}

static void page_ready(void *context)
{
    exchange_t *self = context;
    if (run(self)) self->ready(self->context);
}

bool exchange_run(exchange_t *self, uint64_t now_ms)
{
    i18n_use(self->page.lang);
    find_session(self, now_ms);
    bool good = find_route(self) && (!self->request.post || check_form(self)) && check_account(self);
    return good ? run(self) : true;
}

char *exchange_answer(exchange_t *self, size_t *ret_size)
{
    html_t html = {0};
    i18n_use(self->page.lang);
    counts_add(&self->house->counts, self->request.post, self->page.status, mono_ms() - self->since_ms);
    if (self->page.status == 303) return html_take(&html, ret_size);
    if (self->page.bare && self->page.status == 200 && !self->page.body.full)
        return html_take(&self->page.body, ret_size);
    frame_write(&self->page, &html);
    if (html.full) {
        html_free(&html);
        page_refuse(&self->page, 500, _("Too much for one page"), _("Choose fewer records."));
        frame_write(&self->page, &html);
    }
    return html_take(&html, ret_size);
}
