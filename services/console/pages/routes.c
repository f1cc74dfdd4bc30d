// SPDX-License-Identifier: Apache-2.0
// All routes as a board: a column for each state that is on the way, what is late first, and on each card who
// is next and since when.
#include "common/base/clock.h"
#include "common/forms/past.h"
#include "common/forms/reviewed.h"
#include "common/forms/routed.h"
#include "common/schema/states.h"
#include "proto/message.h"
#include "services/console/inputs.h"
#include "services/console/pages.h"
#include "services/console/route_view.h"
#include <stdlib.h>

enum {
    COLUMN_MOST = 25, // cards of a column
    SINCE_MOST = 40,  // routes whose history is asked for
    REVIEWS_MOST = 1000
};

typedef struct card {
    const held_t *held;
    const Selenga__Route *route;
    size_t state;                  // word of the field
    const Selenga__Activity *next; // the first step that is not done
    bool late;
    const char *review; // state of its reviews; NULL: not known
    uint32_t awaits;
    int64_t since_s; // 0: not known
} card_t;

typedef struct board {
    holding_t routes, steps;
    people_t *people;
    card_t *cards;
    size_t n;
    const field_rule_t *states;
    int32_t today;
} board_t;

static void board_free(void *kept)
{
    board_t *board = kept;
    holding_free(&board->routes);
    holding_free(&board->steps);
    people_destroy(&board->people);
    free(board->cards);
}

// --- reading

static size_t word_of(const field_rule_t *field, const char *code)
{
    for (size_t i = 0; i < field->n_words; i++)
        if (code != NULL && strcmp(field->words[i].code, code) == 0) return i;
    return field->n_words;
}

static card_t *card_of(const board_t *board, const char *code)
{
    const held_t *held = holding_key(&board->routes, code);
    return held != NULL ? &board->cards[held - board->routes.items] : NULL;
}

static void place_steps(board_t *board)
{
    for (size_t i = 0; i < board->steps.n; i++) {
        const Selenga__Activity *step = (const Selenga__Activity *)board->steps.items[i].body;
        card_t *card = card_of(board, step->route);
        if (card == NULL || step->has_done_on) continue;
        card->late |= routed_is_open(card->route) && routed_state(step, board->today) == STEP_OVERDUE;
        if (card->next == NULL || routed_place(step) < routed_place(card->next)) card->next = step;
    }
}

static void make_cards(board_t *board)
{
    board->cards = xcalloc(board->routes.n + 1, sizeof *board->cards);
    board->n = board->routes.n;
    for (size_t i = 0; i < board->n; i++) {
        card_t *card = &board->cards[i];
        card->held = &board->routes.items[i];
        card->route = (const Selenga__Route *)card->held->body;
        card->state = word_of(board->states, card->route->state);
        card->late = routed_is_late(card->route, board->today);
        people_want(board->people, card->route->person);
    }
    place_steps(board);
}

// Which of them are on the way; the others nobody waits for.
static size_t open_cards(const board_t *board, card_t **ret, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < board->n && n < most; i++)
        if (routed_is_open(board->cards[i].route)) ret[n++] = &board->cards[i];
    return n;
}

static bool ask_reviews(page_t *page, board_t *board)
{
    Selenga__Reviews request = SELENGA__REVIEWS__INIT;
    const Selenga__ReviewsReply *reply;
    card_t *cards[REVIEWS_MOST];
    ProtobufCBinaryData ids[REVIEWS_MOST];
    size_t n = open_cards(board, cards, REVIEWS_MOST);
    if (n == 0 || !entry_may(page, &KIND_REVIEW, ACCESS_READ)) return true;
    for (size_t i = 0; i < n; i++)
        ids[i] = (ProtobufCBinaryData){sizeof(rid_t), (uint8_t *)(uintptr_t)cards[i]->held->id.b};
    request.ids = ids;
    request.n_ids = n;
    if (!page_ask(page, SERVICE_ROUTING, MSG_REVIEWS, &request, MSG_REVIEWS_REPLY,
                  &selenga__reviews_reply__descriptor, &reply))
        return false;
    for (size_t i = 0; i < n && reply->n_states == n && reply->n_awaits == n; i++) {
        cards[i]->review = reply->states[i];
        cards[i]->awaits = reply->awaits[i];
    }
    return true;
}

static bool says_state(const ProtobufCBinaryData *bytes, const char *state)
{
    record_t record;
    if (!past_read(bytes, &record) || record.deleted) return false;
    AUTO(arena_destroy) arena_t *arena = arena_new(2 * record.body.size);
    const Selenga__Route *was = (const Selenga__Route *)past_body(&KIND_ROUTE, &record, arena);
    return was != NULL && was->state != NULL && strcmp(was->state, state) == 0;
}

// When did it come into this state? Its home knows, for 30 days.
static int64_t since(const Selenga__HistoryReply *reply, const char *state)
{
    for (size_t i = 0; reply != NULL && i < reply->n_versions; i++) {
        const Selenga__Replaced *one = reply->versions[i];
        if (!says_state(&one->record, state)) return one->replaced_s;
    }
    return 0;
}

// Of what waits for somebody's decision, and is written here.
static bool ask_since(page_t *page, board_t *board)
{
    card_t *cards[SINCE_MOST];
    const asked_t *asked[SINCE_MOST];
    size_t n = 0;
    for (size_t i = 0; i < board->n && n < SINCE_MOST; i++)
        if (board->cards[i].held->ours && board->cards[i].state < board->states->n_words &&
            board->states->words[board->cards[i].state].awaits != 0)
            cards[n++] = &board->cards[i];
    for (size_t i = 0; i < n; i++) {
        Selenga__History history = SELENGA__HISTORY__INIT;
        const client_request_t request = {.service = SERVICE_ROUTING,
                                          .type = MSG_HISTORY,
                                          .body = &history,
                                          .reply = MSG_HISTORY_REPLY,
                                          .descriptor = &selenga__history_reply__descriptor,
                                          .timeout_ms = PAGE_ASK_MS,
                                          .account = page->session->account.name};
        history.has_kind = history.has_id = 1;
        history.kind = N_ROUTE;
        history.id = (ProtobufCBinaryData){sizeof(rid_t), (uint8_t *)(uintptr_t)cards[i]->held->id.b};
        (void)page_try(page, &request, &asked[i]);
    }
    if (page->waiting) return false;
    for (size_t i = 0; i < n; i++)
        if (asked[i] != NULL) cards[i]->since_s = since(asked[i]->body, cards[i]->route->state);
    return true;
}

static bool read_board(page_t *page, board_t *board)
{
    const char *org = form_text(&page->request->query, "org");
    if (board->people == NULL) board->people = people_new();
    board->states = &KIND_ROUTE.fields[kind_field(&KIND_ROUTE, "state")];
    board->today = wall_day();
    if (!holding_ask(page, &board->routes, &KIND_ROUTE, org, NULL, NULL)) return false;
    if (!holding_ask(page, &board->steps, &KIND_ACTIVITY, org, NULL, NULL)) return false;
    holding_open(page, &board->routes);
    holding_open(page, &board->steps);
    if (board->cards == NULL) make_cards(board);
    holding_free(&board->people->identities);
    return ask_reviews(page, board) && ask_since(page, board) && people_read(page, board->people);
}

// --- showing

static bool is(const char *text, const char *what)
{
    return text != NULL && strcmp(text, what) == 0;
}

static void write_day(page_t *page, int32_t day)
{
    char text[VIEW_TEXT];
    html_text(&page->body, view_day(day, page->lang, text));
}

// Whose turn it is.
static void write_next(page_t *page, const card_t *card)
{
    html_t *html = &page->body;
    char text[REVIEWED_TEXT];
    const Selenga__Route *r = card->route;
    if (is(card->review, "waiting") || is(card->review, "returned") || is(card->review, "declined"))
        html_text(html, reviewed_text(card->review, card->awaits, text));
    else if (is(card->review, "agreed") && !r->has_confirmed_on)
        html_text(html, _("agreed to above: the organisation confirms it"));
    else if (is(r->state, "draft"))
        html_text(html, _("the organisation finishes the draft"));
    else if (is(r->state, "agreed"))
        html_text(html, _("it may begin"));
    else if (is(r->state, "active") && card->next == NULL)
        html_text(html, _("all steps are done: close it"));
    else if (is(r->state, "active"))
        html_textf(html, _("step %s"), card->next->code);
}

static void write_since(page_t *page, const card_t *card)
{
    html_t *html = &page->body;
    const Selenga__Route *r = card->route;
    html_raw(html, "<span class=\"help\">");
    if (card->since_s != 0) {
        html_text(html, _("since "));
        html_moment(html, card->since_s);
    } else if (is(r->state, "agreed") && r->has_confirmed_on) {
        html_text(html, _("since "));
        write_day(page, r->confirmed_on);
    } else if (r->has_to) {
        html_text(html, _("until "));
        write_day(page, r->to);
    } else {
        html_text(html, _("begun "));
        write_day(page, r->from);
    }
    html_raw(html, "</span>");
}

// To where its state is changed, for whoever may.
static void write_move(page_t *page, const board_t *board, const card_t *card)
{
    html_t *html = &page->body;
    if (!card->held->ours || board->states->words[card->state].n_next == 0 ||
        !entry_may(page, &KIND_ROUTE, ACCESS_WRITE))
        return;
    html_raw(html, "<a class=\"next\" aria-keyshortcuts=\"M\" href=\"");
    route_view_address(html, card->route->code);
    html_raw(html, "#next\">");
    html_text(html, _("Move"));
    html_raw(html, "</a>");
}

static void write_card(page_t *page, const board_t *board, const card_t *card)
{
    html_t *html = &page->body;
    char name[VIEW_TEXT];
    html_raw(html, "<li");
    if (card->late) html_raw(html, " class=\"late\"");
    html_raw(html, "><a href=\"");
    route_view_address(html, card->route->code);
    html_raw(html, "\">");
    html_text(html, people_name(board->people, card->route->person, name));
    html_raw(html, "</a> ");
    if (card->late) {
        html_raw(html, "<span class=\"pill warn\">");
        html_text(html, _("overdue"));
        html_raw(html, "</span> ");
    }
    write_next(page, card);
    write_since(page, card);
    write_move(page, board, card);
    html_raw(html, "</li>");
}

static int late_first(const void *a, const void *b)
{
    const card_t *one = *(const card_t *const *)a, *other = *(const card_t *const *)b;
    int32_t left = one->route->has_to ? one->route->to : INT32_MAX;
    int32_t right = other->route->has_to ? other->route->to : INT32_MAX;
    if (one->late != other->late) return other->late - one->late;
    if (left != right) return left < right ? -1 : 1;
    return strcmp(one->route->code, other->route->code);
}

// All of a state, as the list of routes has them.
static void write_rest(page_t *page, const char *state, size_t n)
{
    html_t *html = &page->body;
    html_raw(html, "<p><a href=\"/k/route?state=");
    html_segment(html, state);
    html_raw(html, "\">");
    html_textf(html, _("all %zu as a list"), n);
    html_raw(html, "</a></p>");
}

static void write_column(page_t *page, const board_t *board, size_t state)
{
    html_t *html = &page->body;
    const field_word_t *word = &board->states->words[state];
    AUTO(xfree) const card_t **cards = xcalloc(board->n + 1, sizeof *cards);
    size_t n = 0;
    for (size_t i = 0; i < board->n; i++)
        if (board->cards[i].state == state) cards[n++] = &board->cards[i];
    if (n > 0) qsort(cards, n, sizeof *cards, late_first);
    html_raw(html, "<section><h2>");
    html_text(html, bilingual_text(&word->label));
    html_raw(html, " <span class=\"muted\">");
    html_number(html, (int64_t)n);
    html_raw(html, "</span></h2>");
    if (n > 0 && word->n_next > 0) {
        html_raw(html, "<ul class=\"plain\">");
        for (size_t i = 0; i < n && i < COLUMN_MOST; i++) write_card(page, board, cards[i]);
        html_raw(html, "</ul>");
    }
    if (n > COLUMN_MOST || (n > 0 && word->n_next == 0)) write_rest(page, word->code, n);
    html_raw(html, "</section>");
}

static void write_filter(page_t *page)
{
    html_t *html = &page->body;
    html_raw(html, "<form class=\"filter\" method=\"get\">");
    inputs_line(html, "org", _("Organisation"), form_text(&page->request->query, "org"), NULL);
    html_raw(html, "<button>");
    html_text(html, _("Show"));
    html_raw(html, "</button></form>");
}

static void write_board(page_t *page, const board_t *board)
{
    html_t *html = &page->body;
    page_title(page, "%s", _("Routes"));
    if (entry_may(page, &KIND_ROUTE, ACCESS_WRITE)) {
        html_raw(html, "<p class=\"actions\"><a class=\"button main\" href=\"/routes/propose\">");
        html_text(html, _("Propose by results"));
        html_raw(html, "</a></p>");
    }
    write_filter(page);
    if (board->n == 0)
        html_element(html, "p",
                     _("There are no routes yet. They are proposed by the results of a diagnostic, and come "
                       "into force when a person agrees."));
    if (board->routes.more || board->steps.more)
        html_element(html, "p", _("These are not all: name an organisation."));
    html_raw(html, "<div class=\"board\">");
    for (size_t i = 0; board->n > 0 && i < board->states->n_words; i++) write_column(page, board, i);
    html_raw(html, "</div>");
}

void page_routes(page_t *page)
{
    board_t *board = page_keep(page, sizeof *board, board_free);
    if (read_board(page, board)) write_board(page, board);
}
