// SPDX-License-Identifier: Apache-2.0
// Two real stores joined by hand: a school that is the home, and its hub. What the lines do, each test does
// itself.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/store/topology.h"
#include "common/sync/feed.h"
#include "proto/feed.pb-c.h"
#include "proto/message.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { KIND = 399, SERVICE = 3, LETTERS_MAX = 16, CHILD = 0x11223344 };

typedef struct {
    uint32_t type;
    uint8_t *data;
    size_t size;
} letter_t;

typedef struct {
    kv_t *kv;
    store_t *store;
    feed_t *feed;
    scope_t *scope;
    int number;
    uint32_t peer; // the other one
    letter_t out[LETTERS_MAX];
    size_t n_out;
} side_t;

static char dir[512];
static int n_stores;
static int64_t now_ms;
static size_t n_letters; // that were sent

static int make_dir(void **state)
{
    (void)state;
    const char *scratch = getenv("TEST_DIR");
    char parent[400];
    snprintf(parent, sizeof parent, "%s", scratch != NULL ? scratch : "/tmp");
    for (char *c = parent + 1; *c != '\0'; c++) {
        if (*c != '/') continue;
        *c = '\0';
        mkdir(parent, 0755);
        *c = '/';
    }
    mkdir(parent, 0755);
    snprintf(dir, sizeof dir, "%s/feed.XXXXXX", parent);
    return mkdtemp(dir) != NULL ? 0 : -1;
}

static int64_t no_time(void)
{
    return 0;
}

static bool admit_all(void *arg, store_txn_t *txn, uint32_t peer, const record_t *record, fault_t *ret_fault)
{
    (void)arg, (void)txn, (void)peer, (void)record, (void)ret_fault;
    return true;
}

static uint8_t *copy_of(slice_t s)
{
    uint8_t *copy = xmalloc(s.size + 1);
    if (s.size > 0) memcpy(copy, s.data, s.size);
    return copy;
}

static void keep_letter(void *arg, uint32_t peer, uint32_t type, slice_t body)
{
    side_t *side = arg;
    assert_int_equal(peer, side->peer);
    assert_true(side->n_out < LETTERS_MAX);
    n_letters++;
    side->out[side->n_out++] = (letter_t){type, copy_of(body), body.size};
}

// Opens the store of this number: a new one, or that of a side that has ended, in a new life.
static void open_at(side_t *side, bool hub, uint64_t life, int number)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%d", dir, number);
    *side = (side_t){.peer = hub ? CHILD : PEER_PARENT, .number = number};
    store_place_t place = {.service = SERVICE, .rank = hub ? 1 : 0, .has_parent = !hub, .parent_rank = 1};
    assert_true(path_parse(hub ? "0a0b0c0d" : "0a0b0c0d.11223344", &place.path));
    side->scope = scope_new(&place.path, hub ? "03-08" : "03-08-01");
    place.scope = side->scope;
    assert_int_equal(kv_lmdb_open(path, 64 << 20, &side->kv), 0);
    assert_int_equal(store_open(side->kv, &place, life, no_time, &side->store), 0);
    feed_hooks_t hooks = {.arg = side, .admit = admit_all, .send = keep_letter};
    side->feed = feed_new(side->store, &hooks, life);
    feed_link(side->feed, side->peer, true, now_ms);
}

static void open_side(side_t *side, bool hub, uint64_t life)
{
    open_at(side, hub, life, n_stores++);
}

static void burn_letters(side_t *side)
{
    for (size_t i = 0; i < side->n_out; i++) free(side->out[i].data);
    side->n_out = 0;
}

static void close_side(side_t *side)
{
    burn_letters(side);
    feed_destroy(&side->feed);
    store_close(&side->store);
    kv_destroy(&side->kv);
    scope_destroy(&side->scope);
}

static rid_t an_id(uint8_t n)
{
    return (rid_t){.b = {1, [15] = n}};
}

static void restart(side_t *side, uint64_t life)
{
    bool hub = side->peer == CHILD;
    int number = side->number;
    close_side(side);
    open_at(side, hub, life, number);
}

static void write_body(side_t *home, uint8_t n, slice_t body)
{
    store_txn_t *txn = NULL;
    record_t draft = {
        .id = an_id(n), .kind = KIND, .org = slice_text("03-08-01"), .up = UP_ALL, .body = body};
    assert_int_equal(store_begin(home->store, true, &txn), 0);
    assert_int_equal(store_write(txn, &draft, NULL), 0);
    assert_int_equal(store_commit(&txn), 0);
}

static void write_record(side_t *home, uint8_t n)
{
    write_body(home, n, (slice_t){0});
}

static bool holds(side_t *side, uint8_t n)
{
    store_txn_t *txn = NULL;
    record_t r;
    rid_t id = an_id(n);
    assert_int_equal(store_begin(side->store, false, &txn), 0);
    int rc = store_get(txn, &id, &r, NULL);
    store_abort(&txn);
    return rc == 0;
}

static version_t version_at(side_t *side, uint8_t n)
{
    store_txn_t *txn = NULL;
    record_t r;
    rid_t id = an_id(n);
    assert_int_equal(store_begin(side->store, false, &txn), 0);
    assert_int_equal(store_get(txn, &id, &r, NULL), 0);
    version_t version = r.version;
    store_abort(&txn);
    return version;
}

static int count_one(void *arg, const rid_t *id)
{
    (void)id;
    (*(int *)arg)++;
    return 0;
}

static int strays(side_t *side)
{
    enum { STRAY = 1 };
    store_txn_t *txn = NULL;
    int n = 0;
    assert_int_equal(store_begin(side->store, false, &txn), 0);
    assert_int_equal(store_list(txn, STRAY, (slice_t){0}, NULL, count_one, &n), 0);
    store_abort(&txn);
    return n;
}

static void hear(side_t *side, const letter_t *letter, bool commit)
{
    store_txn_t *txn = NULL;
    assert_int_equal(store_begin(side->store, true, &txn), 0);
    slice_t body = slice(letter->data, letter->size);
    assert_int_equal(feed_message(side->feed, txn, side->peer, letter->type, body, now_ms), 0);
    if (commit)
        assert_int_equal(store_commit(&txn), 0);
    else
        store_abort(&txn);
}

static void flush(side_t *side)
{
    assert_int_equal(feed_flush(side->feed, now_ms), 0);
}

// The first letter of a type that waits to be sent. The caller frees its data.
static letter_t a_letter(side_t *side, uint32_t type)
{
    for (size_t i = 0; i < side->n_out; i++) {
        const letter_t *l = &side->out[i];
        if (l->type == type) return (letter_t){type, copy_of(slice(l->data, l->size)), l->size};
    }
    fail_msg("no message of type %u was sent", type);
    return (letter_t){0};
}

// Hands over all that waits, until nobody has anything to say.
static void talk(side_t *a, side_t *b)
{
    for (int turn = 0; turn < 100; turn++) {
        side_t *from = turn % 2 == 0 ? a : b, *to = turn % 2 == 0 ? b : a;
        flush(from);
        for (size_t i = 0; i < from->n_out; i++) hear(to, &from->out[i], true);
        burn_letters(from);
        flush(to);
    }
    assert_int_equal(a->n_out + b->n_out, 0);
}

static uint64_t acked(side_t *home)
{
    feed_row_t rows[4];
    size_t n = feed_rows(home->feed, rows, ARRAY_SIZE(rows)), i = 0;
    while (i < n && rows[i].peer != home->peer) i++;
    assert_true(i < n);
    return rows[i].acked.of[STREAM_PEOPLE];
}

static letter_t first_pull(side_t *hub)
{
    flush(hub);
    return a_letter(hub, MSG_PULL);
}

static void nothing_is_acknowledged_before_the_commit(void **state)
{
    (void)state;
    side_t home, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    write_record(&home, 1);
    letter_t pull = first_pull(&hub);
    burn_letters(&hub);
    hear(&home, &pull, true);
    flush(&home);
    letter_t push = a_letter(&home, MSG_PUSH);
    hear(&hub, &push, false); // the transaction is lost
    assert_int_equal(hub.n_out, 0);
    feed_rollback(hub.feed, 0);
    flush(&hub);
    for (size_t i = 0; i < hub.n_out; i++) assert_int_not_equal(hub.out[i].type, MSG_PULL);
    assert_false(holds(&hub, 1));
    assert_int_equal(acked(&home), 0);
    free(pull.data);
    free(push.data);
    close_side(&home);
    close_side(&hub);
}

// Found by tests/model: the home is put back, a doubled pull opens the session of its lost life once more,
// and then comes the acknowledgement of what that life pushed.
static size_t count_letters(const side_t *side, uint32_t type)
{
    size_t n = 0;
    for (size_t i = 0; i < side->n_out; i++) n += side->out[i].type == type;
    return n;
}

// Each may read the whole store; a consumer that begins again and again is served now and then.
static void of_a_thousand_pulls_from_zero_a_second_a_few_are_answered_and_the_last(void **state)
{
    (void)state;
    side_t home, hub;
    now_ms = 5000000;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    write_record(&home, 1);
    size_t pushes = 0;
    for (uint64_t n = 1; n <= 1000; n++, now_ms++) {
        feed_link(hub.feed, hub.peer, true, now_ms); // begins anew
        letter_t pull = first_pull(&hub);
        burn_letters(&hub);
        hear(&home, &pull, true);
        free(pull.data);
        flush(&home);
        pushes += count_letters(&home, MSG_PUSH);
        if (pushes > 0) assert_int_equal(count_letters(&home, MSG_WAKE), n == 1 ? 1 : 0);
        burn_letters(&home);
    }
    assert_in_range(pushes, 1, 8);
    assert_false(holds(&hub, 1));
    now_ms += 1000;
    feed_tick(home.feed, now_ms);
    talk(&home, &hub); // to the session that was begun last, unasked
    assert_true(holds(&hub, 1));
    close_side(&home);
    close_side(&hub);
}

static void an_acknowledgement_of_a_lost_life_is_not_taken_for_one_of_this(void **state)
{
    (void)state;
    side_t home, put_back, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    open_side(&put_back, false, 102);
    write_record(&home, 1);
    write_record(&put_back, 2);
    letter_t pull = first_pull(&hub);
    burn_letters(&hub);
    hear(&home, &pull, true);
    flush(&home);
    letter_t push = a_letter(&home, MSG_PUSH);
    hear(&hub, &push, true);
    flush(&hub);
    letter_t ack = a_letter(&hub, MSG_PULL);
    burn_letters(&hub);

    hear(&put_back, &pull, true);
    flush(&put_back);
    burn_letters(&put_back); // lost
    hear(&put_back, &ack, true);
    assert_int_equal(acked(&put_back), 0);
    assert_false(holds(&hub, 2));
    talk(&put_back, &hub);
    for (uint8_t n = 1; n <= 2; n++) assert_true(holds(&hub, n) && holds(&put_back, n));
    free(pull.data);
    free(push.data);
    free(ack.data);
    close_side(&home);
    close_side(&put_back);
    close_side(&hub);
}

static void pass(side_t *a, side_t *b, int64_t ms)
{
    for (int64_t end = now_ms + ms; now_ms < end; now_ms += 1000) {
        feed_tick(a->feed, now_ms);
        feed_tick(b->feed, now_ms);
        talk(a, b);
    }
}

static void an_idle_session_is_asked_ever_more_seldom_but_not_given_up(void **state)
{
    (void)state;
    side_t home, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    talk(&home, &hub);
    n_letters = 0;
    pass(&home, &hub, 3600000);
    assert_in_range(n_letters, 4, 4 * (3600000 / KEEPALIVE_MOST_MS + 6));
    write_record(&home, 1);
    talk(&home, &hub);
    assert_true(holds(&hub, 1));
    n_letters = 0;
    pass(&home, &hub, KEEPALIVE_MS + 2000);
    assert_in_range(n_letters, 2, 4); // where something came, it is asked again soon
    close_side(&home);
    close_side(&hub);
}

static void what_is_lost_on_an_idle_line_its_sender_notices(void **state)
{
    (void)state;
    side_t home, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    talk(&home, &hub);
    pass(&home, &hub, 3600000);
    write_record(&home, 1);
    flush(&home);
    letter_t push = a_letter(&home, MSG_PUSH);
    free(push.data);
    burn_letters(&home); // lost
    assert_false(holds(&hub, 1));
    pass(&home, &hub, SILENCE_MS + 2000);
    assert_true(holds(&hub, 1));
    assert_int_equal(acked(&home), store_head(home.store));
    close_side(&home);
    close_side(&hub);
}

static uint32_t credit_of_first_pull(side_t *hub)
{
    letter_t pull = first_pull(hub);
    Selenga__Pull *m = selenga__pull__unpack(NULL, pull.size, pull.data);
    assert_non_null(m);
    uint32_t credit = m->credit;
    selenga__pull__free_unpacked(m, NULL);
    free(pull.data);
    burn_letters(hub);
    return credit;
}

// What a fast line carries in a moment fills a slow one for longer than a consumer waits for a word.
static void a_line_that_came_back_is_not_believed_to_be_fast(void **state)
{
    (void)state;
    enum { RECORDS = 40, BODY = 16 * 1024 };
    static const uint8_t body[BODY];
    side_t home, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    for (uint8_t n = 1; n <= RECORDS; n++) write_body(&home, n, slice(body, BODY));
    talk(&home, &hub);
    now_ms += KEEPALIVE_MS;
    feed_tick(hub.feed, now_ms);
    assert_true(credit_of_first_pull(&hub) > WINDOW_FIRST_BYTES);
    feed_link(hub.feed, hub.peer, false, now_ms);
    feed_link(hub.feed, hub.peer, true, now_ms);
    assert_int_equal(credit_of_first_pull(&hub), WINDOW_FIRST_BYTES);
    close_side(&home);
    close_side(&hub);
}

// The home's other service: it reads records of this one by a filter.
static void open_reader(side_t *reader, const char *path, uint64_t life, const feed_filter_t *filter)
{
    *reader = (side_t){.peer = SERVICE};
    store_place_t place = {.service = SERVICE + 1, .has_parent = true, .parent_rank = 1};
    assert_true(path_parse("0a0b0c0d.11223344", &place.path));
    reader->scope = scope_new(&place.path, "03-08-01");
    place.scope = reader->scope;
    assert_int_equal(kv_lmdb_open(path, 64 << 20, &reader->kv), 0);
    assert_int_equal(store_open(reader->kv, &place, life, no_time, &reader->store), 0);
    feed_hooks_t hooks = {.arg = reader, .admit = admit_all, .send = keep_letter};
    reader->feed = feed_new(reader->store, &hooks, life);
    feed_subscribe(reader->feed, SERVICE, filter);
    feed_link(reader->feed, SERVICE, true, now_ms);
}

static void a_filter_that_grew_reads_what_it_had_passed_over(void **state)
{
    (void)state;
    side_t home, reader;
    char path[600];
    snprintf(path, sizeof path, "%s/%d", dir, n_stores++);
    const feed_filter_t narrow = {.kinds = {KIND - 1}, .n_kinds = 1};
    const feed_filter_t wide = {.kinds = {KIND - 1}, .n_kinds = 1, .near = {KIND}, .n_near = 1};
    open_side(&home, false, 101);
    feed_link(home.feed, PEER_PARENT, false, now_ms);
    home.peer = SERVICE + 1;
    feed_link(home.feed, home.peer, true, now_ms);
    write_record(&home, 1);
    open_reader(&reader, path, 301, &narrow);
    talk(&reader, &home);
    assert_false(holds(&reader, 1));
    assert_int_equal(acked(&home), store_head(home.store));
    close_side(&reader);
    open_reader(&reader, path, 302, &wide);
    talk(&reader, &home);
    assert_true(holds(&reader, 1));
    close_side(&reader);

    n_letters = 0;
    open_reader(&reader, path, 303, &wide); // the same again goes on where it was
    talk(&reader, &home);
    assert_int_equal(acked(&home), store_head(home.store));
    assert_in_range(n_letters, 1, 3);
    close_side(&reader);
    close_side(&home);
}

// How long a filter is on disk does not follow from how many kinds this program's filters may name.
static void a_filter_of_a_program_with_longer_ones_is_read_anew(void **state)
{
    (void)state;
    side_t home, reader;
    char path[600];
    snprintf(path, sizeof path, "%s/%d", dir, n_stores++);
    const feed_filter_t filter = {.kinds = {KIND}, .n_kinds = 1};
    open_side(&home, false, 101);
    feed_link(home.feed, PEER_PARENT, false, now_ms);
    home.peer = SERVICE + 1;
    feed_link(home.feed, home.peer, true, now_ms);
    write_record(&home, 1);
    open_reader(&reader, path, 301, &filter);
    talk(&reader, &home);
    store_txn_t *txn = NULL;
    uint8_t key[5] = {0, 0, 0, SERVICE, 'f'}, row[8 * (2 + 2 * 200)] = {0};
    slice_t held;
    assert_int_equal(store_begin(reader.store, true, &txn), 0);
    assert_int_equal(kv_get(store_kv(txn), KV_PEERS, slice(key, sizeof key), &held), 0);
    assert_int_equal(held.size, 8 * (2 + 2 * 32)); // as programs before wrote it
    row[7] = 100;
    assert_int_equal(kv_put(store_kv(txn), KV_PEERS, slice(key, sizeof key), slice(row, sizeof row)), 0);
    assert_int_equal(store_commit(&txn), 0);
    close_side(&reader);
    open_reader(&reader, path, 302, &filter);
    talk(&reader, &home);
    assert_true(holds(&reader, 1));
    assert_int_equal(acked(&home), store_head(home.store));
    close_side(&reader);
    close_side(&home);
}

static void doubled_and_lost_pushes_change_nothing(void **state)
{
    (void)state;
    side_t home, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    talk(&home, &hub);
    write_record(&home, 1);
    flush(&home);
    letter_t first = a_letter(&home, MSG_PUSH);
    burn_letters(&home); // lost
    write_record(&home, 2);
    flush(&home);
    letter_t second = a_letter(&home, MSG_PUSH);
    hear(&hub, &second, true);
    assert_false(holds(&hub, 2)); // it does not follow on what the hub has
    hear(&hub, &first, true);     // late: the hub has begun anew
    burn_letters(&home);
    talk(&hub, &home);
    hear(&hub, &second, true);
    hear(&hub, &first, true);
    talk(&hub, &home);
    assert_true(holds(&hub, 1) && holds(&hub, 2));
    assert_int_equal(acked(&home), store_head(home.store));
    free(first.data);
    free(second.data);
    close_side(&home);
    close_side(&hub);
}

static void restarts_leave_no_strays(void **state)
{
    (void)state;
    side_t home, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    for (uint64_t life = 102; life < 110; life++) { // the hub sees each second version
        write_record(&home, 1);
        if (life % 2 == 0) talk(&home, &hub);
        restart(&home, life);
        restart(&hub, life + 100);
    }
    talk(&home, &hub);
    version_t at_home = version_at(&home, 1), at_hub = version_at(&hub, 1);
    assert_int_equal(version_cmp(&at_home, &at_hub), 0);
    assert_int_equal(strays(&home) + strays(&hub), 0);
    close_side(&home);
    close_side(&hub);
}

// The home has lost what it wrote and wrote the record anew. Whoever holds the other version keeps it, and
// both end with the home's.
static void two_lives_of_a_record_leave_a_stray(void **state)
{
    (void)state;
    side_t home, put_back, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    open_side(&put_back, false, 102);
    write_body(&home, 1, slice_text("one"));
    talk(&home, &hub);
    write_body(&put_back, 1, slice_text("other"));
    talk(&put_back, &hub);
    version_t at_home = version_at(&put_back, 1), at_hub = version_at(&hub, 1);
    assert_int_equal(version_cmp(&at_home, &at_hub), 0);
    assert_true(strays(&put_back) > 0 && strays(&hub) > 0);
    close_side(&home);
    close_side(&put_back);
    close_side(&hub);
}

static applied_t take_from(side_t *side, record_t *r, arrival_t arrival)
{
    store_txn_t *txn = NULL;
    applied_t applied;
    AUTO(xfree) uint8_t *wire = xmalloc(record_size(r));
    record_pack(r, wire);
    assert_int_equal(store_begin(side->store, true, &txn), 0);
    assert_int_equal(store_apply(txn, r, &arrival, &applied), 0);
    assert_int_equal(store_commit(&txn), 0);
    return applied;
}

static applied_t take_as(side_t *side, record_t *r, bool giveback)
{
    return take_from(side, r, (arrival_t){.peer = side->peer, .giveback = giveback});
}

static void take(side_t *side, record_t *r)
{
    assert_int_equal(take_as(side, r, false), APPLIED_NEW);
}

static void hear_gone(side_t *side, const record_t *r)
{
    store_txn_t *txn = NULL;
    uint8_t wire[RECORD_GONE_MAX];
    record_t gone = record_gone(r);
    record_pack(&gone, wire);
    assert_int_equal(store_begin(side->store, true, &txn), 0);
    assert_int_equal(store_leave(txn, &gone, side->peer), 0);
    assert_int_equal(store_commit(&txn), 0);
}

static bool has_gone(side_t *side, uint8_t n)
{
    store_txn_t *txn = NULL;
    record_t held;
    rid_t id = an_id(n);
    assert_int_equal(store_begin(side->store, false, &txn), 0);
    assert_int_equal(store_get(txn, &id, &held, NULL), 0);
    bool gone = held.gone;
    store_abort(&txn);
    return gone;
}

// In the school's name it is said that the record is gone.
static void hear_own_gone(side_t *hub, uint8_t n)
{
    store_txn_t *txn = NULL;
    record_t held;
    rid_t id = an_id(n);
    assert_int_equal(store_begin(hub->store, false, &txn), 0);
    assert_int_equal(store_get(txn, &id, &held, NULL), 0);
    record_t word = record_gone(&held); // it has no past: none of its bytes are the store's
    store_abort(&txn);
    hear_gone(hub, &word);
}

static void know_key(side_t *side, uint8_t byte)
{
    store_txn_t *txn = NULL;
    uint8_t key[FEED_KEY] = {byte, [FEED_KEY - 1] = byte};
    assert_int_equal(store_begin(side->store, true, &txn), 0);
    assert_int_equal(feed_know_key(side->feed, txn, side->peer, key), 0);
    assert_int_equal(store_commit(&txn), 0);
    feed_tick(side->feed, now_ms);
}

static void a_neighbour_with_another_key_is_read_from_the_beginning(void **state)
{
    (void)state;
    side_t home, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    know_key(&hub, 7);
    write_record(&home, 1);
    talk(&hub, &home);
    hear_own_gone(&hub, 1);
    know_key(&hub, 7);
    talk(&hub, &home);
    assert_true(has_gone(&hub, 1));
    know_key(&hub, 8);
    talk(&hub, &home);
    assert_false(has_gone(&hub, 1));
    assert_int_equal(acked(&home), store_head(home.store));
    close_side(&home);
    close_side(&hub);
}

// No neighbour of the record's home, so that it knows nothing of that home's lives but what versions tell.
static void a_third_node_tells_two_lives_apart(void **state)
{
    (void)state;
    side_t far;
    uint8_t past[PAST_MAX];
    open_side(&far, true, 201);
    record_t r = {.id = an_id(1), .kind = KIND, .version = {1, 5, 11}, .up = UP_ALL}, next;
    assert_true(path_parse("0a0b0c0d.11223344.55667788", &r.home));
    take(&far, &r);
    next = r;
    next.version = (version_t){1, 9, 22};
    next.past = record_past_upon(&r, 22, past);
    take(&far, &next);
    assert_int_equal(strays(&far), 0);
    next.version = (version_t){1, 10, 33}; // upon the first, and it says the same: nobody has to choose
    take(&far, &next);
    assert_int_equal(strays(&far), 0);
    next.version = (version_t){1, 11, 44};
    next.body = slice_text("other");
    take(&far, &next);
    assert_int_equal(strays(&far), 1);
    close_side(&far);
}

// Its home's side was put back behind the version that is held: that goes back to it.
static void word_of_less_than_is_held_hands_it_back(void **state)
{
    (void)state;
    side_t far;
    store_txn_t *txn = NULL;
    place_t place;
    open_side(&far, true, 201);
    record_t older = {.id = an_id(1), .kind = KIND, .version = {1, 5, 11}, .up = UP_ALL}, held;
    assert_true(path_parse("0a0b0c0d.11223344.55667788", &older.home));
    record_t r = older;
    r.version.seq = 9;
    take(&far, &r);
    hear_gone(&far, &older);
    assert_int_equal(store_begin(far.store, false, &txn), 0);
    assert_int_equal(store_get(txn, &r.id, &held, &place), 0);
    assert_false(held.gone);
    assert_true((place.lanes & LANE_BACK) != 0);
    store_abort(&txn);
    hear_gone(&far, &r);
    assert_int_equal(take_as(&far, &older, true), APPLIED_KNOWN); // an old page of what was handed back
    assert_int_equal(take_as(&far, &older, false), APPLIED_NEW);  // in reach again
    close_side(&far);
}

// A hub that could not hand a version back as such has kept it as a stray: the home writes above it.
static void a_stray_that_comes_home_is_written_above(void **state)
{
    (void)state;
    side_t home, put_back, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    open_side(&put_back, false, 102);
    for (int i = 0; i < 3; i++) write_record(&home, 1);
    write_record(&put_back, 1);
    version_t lost = version_at(&home, 1), before = version_at(&put_back, 1);
    assert_true(version_cmp(&before, &lost) < 0);
    store_txn_t *from = NULL, *to = NULL;
    record_t r;
    rid_t id = an_id(1);
    assert_int_equal(store_begin(home.store, false, &from), 0);
    assert_int_equal(store_get(from, &id, &r, NULL), 0);
    assert_int_equal(store_begin(hub.store, true, &to), 0);
    assert_int_equal(store_keep_stray(to, &r), 0);
    assert_int_equal(store_commit(&to), 0);
    store_abort(&from);
    talk(&put_back, &hub);
    version_t now = version_at(&put_back, 1), at_hub = version_at(&hub, 1);
    assert_true(version_cmp(&now, &lost) > 0);
    assert_int_equal(version_cmp(&now, &at_hub), 0);
    close_side(&home);
    close_side(&put_back);
    close_side(&hub);
}

static path_t home_at(side_t *side, uint8_t n)
{
    store_txn_t *txn = NULL;
    record_t r;
    rid_t id = an_id(n);
    assert_int_equal(store_begin(side->store, false, &txn), 0);
    assert_int_equal(store_get(txn, &id, &r, NULL), 0);
    path_t home = r.home;
    store_abort(&txn);
    return home;
}

// A record from below has the id of one that the school had lost. The hub knows which was first only by what
// the school says.
static void of_two_homes_with_one_id_on_one_side_the_hub_holds_what_stands_there(void **state)
{
    (void)state;
    side_t home, put_back, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    open_side(&put_back, false, 102);
    record_t below = {.id = an_id(1), .kind = KIND, .version = {9, 5, 11}, .up = UP_ALL}, r;
    assert_true(path_parse("0a0b0c0d.11223344.55667788", &below.home));
    assert_int_equal(take_from(&put_back, &below, (arrival_t){.peer = 0x55667788}), APPLIED_NEW);
    talk(&put_back, &hub);
    path_t at_hub = home_at(&hub, 1);
    assert_true(path_equal(&at_hub, &below.home));
    write_body(&home, 1, slice_text("first"));
    store_txn_t *txn = NULL;
    rid_t id = an_id(1);
    assert_int_equal(store_begin(home.store, false, &txn), 0);
    assert_int_equal(store_get(txn, &id, &r, NULL), 0);
    take(&put_back, &r); // somebody had kept it
    store_abort(&txn);
    talk(&put_back, &hub);
    at_hub = home_at(&hub, 1);
    assert_true(path_equal(&at_hub, &store_place(put_back.store)->path));
    close_side(&home);
    close_side(&put_back);
    close_side(&hub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_acknowledged_before_the_commit),
        cmocka_unit_test(of_a_thousand_pulls_from_zero_a_second_a_few_are_answered_and_the_last),
        cmocka_unit_test(an_acknowledgement_of_a_lost_life_is_not_taken_for_one_of_this),
        cmocka_unit_test(an_idle_session_is_asked_ever_more_seldom_but_not_given_up),
        cmocka_unit_test(what_is_lost_on_an_idle_line_its_sender_notices),
        cmocka_unit_test(a_line_that_came_back_is_not_believed_to_be_fast),
        cmocka_unit_test(a_filter_that_grew_reads_what_it_had_passed_over),
        cmocka_unit_test(a_neighbour_with_another_key_is_read_from_the_beginning),
        cmocka_unit_test(a_filter_of_a_program_with_longer_ones_is_read_anew),
        cmocka_unit_test(doubled_and_lost_pushes_change_nothing),
        cmocka_unit_test(restarts_leave_no_strays),
        cmocka_unit_test(two_lives_of_a_record_leave_a_stray),
        cmocka_unit_test(a_third_node_tells_two_lives_apart),
        cmocka_unit_test(word_of_less_than_is_held_hands_it_back),
        cmocka_unit_test(a_stray_that_comes_home_is_written_above),
        cmocka_unit_test(of_two_homes_with_one_id_on_one_side_the_hub_holds_what_stands_there),
    };
    return cmocka_run_group_tests(tests, make_dir, NULL);
}
