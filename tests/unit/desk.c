// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/desk.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MAP_BYTES = 256 << 20, BODY_ROOM = 64 * 1024 };

// --- counted work --------------------------------------------------------------------------------

static const kv_ops_t *plain;
static kv_ops_t counting;
static desk_work_t work;

static int count_get(kv_txn_t *txn, enum kv_table table, slice_t key, slice_t *ret_value)
{
    work.gets++;
    return plain->get(txn, table, key, ret_value);
}

static int count_put(kv_txn_t *txn, enum kv_table table, slice_t key, slice_t value)
{
    work.puts++;
    return plain->put(txn, table, key, value);
}

static int count_seek(kv_cursor_t *cursor, slice_t key, slice_t *ret_key, slice_t *ret_value)
{
    work.steps++;
    return plain->seek(cursor, key, ret_key, ret_value);
}

static int count_next(kv_cursor_t *cursor, slice_t *ret_key, slice_t *ret_value)
{
    work.steps++;
    return plain->next(cursor, ret_key, ret_value);
}

static void count_from_now(kv_t *kv)
{
    plain = kv->ops;
    counting = *plain;
    counting.get = count_get;
    counting.put = count_put;
    counting.seek = count_seek;
    counting.next = count_next;
    kv->ops = &counting;
}

desk_work_t desk_work(void)
{
    desk_work_t done = work;
    work = (desk_work_t){0};
    return done;
}

// --- opening -------------------------------------------------------------------------------------

static int64_t no_time(void)
{
    return 0;
}

static void on_change(void *arg, store_txn_t *txn, const record_t *old, const record_t *now)
{
    service_t *service = arg;
    if (service->def->changed != NULL) service->def->changed(service->self, txn, old, now);
}

static void know_tree(service_t *service)
{
    service->scope = scope_new(&service->node.path, DESK_ORG);
    scope_set_org(service->scope, slice_text("03"), (slice_t){0});
    scope_set_org(service->scope, slice_text("03-08"), slice_text("03"));
    scope_set_org(service->scope, slice_text(DESK_ORG), slice_text("03-08"));
    scope_set_node(service->scope, slice_text(DESK_ORG), &service->node.path, 0);
    service->place.scope = service->scope;
}

static void open_in_dir(desk_t *self, const service_def_t *def)
{
    service_t *service = &self->service;
    *service = (service_t){.def = def,
                           .replies = {.from = def->number, .to = SERVICE_GATE},
                           .feeds = {.from = def->number, .to = SERVICE_GATE},
                           .arena = arena_new(0)};
    assert_true(path_parse("0a0b0c0d.11223344.55667788", &service->node.path));
    snprintf(service->node.org, sizeof service->node.org, DESK_ORG);
    service->node.parent.known = true;
    service->node.parent.rank = 1;
    service->place = (store_place_t){
        .path = service->node.path, .service = def->number, .has_parent = true, .parent_rank = 1};
    know_tree(service);
    assert_int_equal(kv_lmdb_open(self->dir, MAP_BYTES, &service->kv), 0);
    count_from_now(service->kv);
    assert_int_equal(store_open(service->kv, &service->place, ++self->epoch, no_time, &service->store), 0);
    feed_hooks_t hooks = {0};
    service->feed = feed_new(service->store, &hooks, self->epoch);
    if (def->open != NULL) service->self = def->open(service);
    store_on_change(service->store, on_change, service);
    desk_begin(self);
    if (def->start != NULL) assert_int_equal(def->start(service->self, self->txn), 0);
    desk_commit(self);
}

static void close_state(desk_t *self)
{
    service_t *service = &self->service;
    xfree(&self->answer_body);
    requests_forget_scans(service);
    store_abort(&self->txn);
    if (service->def->close != NULL) service->def->close(service->self);
    feed_destroy(&service->feed);
    store_close(&service->store);
    kv_destroy(&service->kv);
    scope_destroy(&service->scope);
    arena_destroy(&service->arena);
    alike_destroy(&service->alike);
    outgoing_clear(&service->replies);
    outgoing_clear(&service->feeds);
}

void desk_open(desk_t *self, const service_def_t *def)
{
    const char *scratch = getenv("TEST_DIR");
    *self = (desk_t){.epoch = 100};
    snprintf(self->dir, sizeof self->dir, "%s/desk.XXXXXX", scratch != NULL ? scratch : "/tmp");
    for (char *c = self->dir + 1; *c != '\0'; c++) {
        if (*c != '/') continue;
        *c = '\0';
        mkdir(self->dir, 0755);
        *c = '/';
    }
    assert_non_null(mkdtemp(self->dir));
    open_in_dir(self, def);
}

void desk_reopen(desk_t *self)
{
    const service_def_t *def = self->service.def;
    close_state(self);
    open_in_dir(self, def);
}

void desk_close(desk_t *self)
{
    close_state(self);
}

store_txn_t *desk_begin(desk_t *self)
{
    requests_scan_on(&self->service);
    assert_int_equal(store_begin(self->service.store, true, &self->txn), 0);
    return self->txn;
}

int desk_try_commit(desk_t *self)
{
    service_t *service = &self->service;
    int rc = service->def->settle != NULL ? service->def->settle(service->self, self->txn) : 0;
    if (rc == 0) rc = store_commit(&self->txn);
    store_abort(&self->txn);
    requests_scanned(service, rc == 0);
    return rc;
}

void desk_commit(desk_t *self)
{
    assert_int_equal(desk_try_commit(self), 0);
}

// --- records -------------------------------------------------------------------------------------

static body_t *make_body(const kind_rule_t *kind, const char *fields, arena_t *arena)
{
    body_t *body = body_new(kind, arena);
    AUTO(xfree) char *copy = xstrdup(fields);
    char *rest = copy, *one;
    while ((one = strsep(&rest, "|")) != NULL) {
        char *value = strchr(one, '=');
        fault_t fault = {0};
        assert_non_null(value);
        *value++ = '\0';
        int field = kind_field(kind, one);
        assert_true(field >= 0);
        if (body_set_text(kind, body, (size_t)field, value, arena, &fault) != 0)
            fail_msg("%s %s=%s: %s", kind->name, one, value, fault.code);
    }
    return body;
}

rid_t desk_id(const kind_rule_t *kind, const char *fields)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_ROOM);
    rid_t id;
    assert_true(body_id(kind, make_body(kind, fields, arena), &id));
    return id;
}

static void arrive(desk_t *self, const kind_rule_t *kind, const char *fields, bool deleted)
{
    static uint64_t seq;
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_ROOM);
    const body_t *body = make_body(kind, fields, arena);
    fault_t fault = {0};
    record_t r = {.kind = kind->number, .deleted = deleted, .up = kind->up, .down = kind->down};
    seq++;
    if (!body_id(kind, body, &r.id))
        r.id = (rid_t){.b = {2, [14] = (uint8_t)(seq >> 8), [15] = (uint8_t)seq}};
    if (!deleted && body_validate(kind, body, &fault) != 0)
        fail_msg("%s: %s %s", kind->name, fault.code, fault.field);
    if (!deleted) assert_int_equal(body_pack(body, arena, &r.body, &fault), 0);
    r.org = body_org(kind, body, DESK_ORG);
    bool above = kind->number / 100 == self->service.def->number;
    r.home = self->service.node.path;
    if (above) assert_true(path_parse("0a0b0c0d.11223344", &r.home));
    r.version = (version_t){.inc = 1, .seq = ++seq, .boot = 7};
    AUTO(xfree) uint8_t *wire = xmalloc(record_size(&r));
    record_pack(&r, wire);
    arrival_t arrival = {.peer = above ? PEER_PARENT : kind->number / 100};
    applied_t applied;
    assert_int_equal(store_apply(self->txn, &r, &arrival, &applied), 0);
    assert_true(applied == APPLIED_NEW || deleted);
}

void desk_tell(desk_t *self, const kind_rule_t *kind, const char *fields)
{
    arrive(self, kind, fields, false);
}

void desk_tell_deleted(desk_t *self, const kind_rule_t *kind, const char *fields)
{
    arrive(self, kind, fields, true);
}

void desk_write(desk_t *self, const kind_rule_t *kind, const char *fields)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_ROOM);
    author_t author = service_author(&self->service);
    fault_t fault = {0};
    if (record_write_own(&author, self->txn, kind, NULL, make_body(kind, fields, arena), &fault) != 0)
        fail_msg("%s: %s %s", kind->name, fault.code, fault.field);
}

// --- asking --------------------------------------------------------------------------------------

void desk_ask(desk_t *self, uint32_t type, const ProtobufCMessage *body)
{
    size_t size = protobuf_c_message_get_packed_size(body);
    AUTO(xfree) uint8_t *bytes = xmalloc(size + 1);
    bool mine = false;
    protobuf_c_message_pack(body, bytes);
    envelope_t e = {.type = type,
                    .to = self->service.def->number,
                    .from = SERVICE_CLI,
                    .call = 1,
                    .body = slice(bytes, size)};
    assert_int_equal(requests_message(&self->service, self->txn, &e, &mine), 0);
    if (mine) return;
    assert_non_null(self->service.def->message); // what only this service answers
    assert_int_equal(self->service.def->message(self->service.self, self->txn, &e), 0);
}

static void keep_answer(desk_t *self, const envelope_t *e)
{
    free(self->answer_body);
    self->answer = *e;
    self->answer_body = xmemdup(e->body.data, e->body.size);
    self->answer.body = slice(self->answer_body, e->body.size);
    self->n_answers++;
}

static bool take_frame(void *arg, zmq_msg_t *frame)
{
    envelope_t e, inner;
    assert_int_equal(msg_unpack(slice(zmq_msg_data(frame), zmq_msg_size(frame)), &e), 0);
    if (e.type != MSG_BUNDLE) {
        keep_answer(arg, &e);
    } else {
        slice_t rest = e.body;
        while (bundle_next(&rest, &inner) == 0) keep_answer(arg, &inner);
    }
    zmq_msg_close(frame);
    return true;
}

size_t desk_answers(desk_t *self, envelope_t *ret_last)
{
    self->n_answers = 0;
    outgoing_flush(&self->service.replies, take_frame, self);
    *ret_last = self->answer;
    return self->n_answers;
}

// --- looking -------------------------------------------------------------------------------------

static int count_one(void *arg, const rid_t *id)
{
    (void)id;
    ++*(size_t *)arg;
    return 0;
}

size_t desk_count(desk_t *self, const kind_rule_t *kind)
{
    store_txn_t *txn = NULL;
    size_t n = 0;
    assert_int_equal(store_begin(self->service.store, false, &txn), 0);
    assert_int_equal(store_list(txn, kind->number, (slice_t){0}, NULL, count_one, &n), 0);
    store_abort(&txn);
    return n;
}

const char *desk_field(desk_t *self, const kind_rule_t *kind, const char *fields, const char *name)
{
    static char text[FIELD_TEXT_MAX];
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_ROOM);
    rid_t id = desk_id(kind, fields);
    store_txn_t *txn = NULL;
    record_t r;
    body_t *body = NULL;
    text[0] = '\0';
    assert_int_equal(store_begin(self->service.store, false, &txn), 0);
    if (store_get(txn, &id, &r, NULL) == 0 && !r.deleted) {
        char buf[FIELD_TEXT_MAX];
        assert_int_equal(body_unpack(kind, r.body, arena, &body, NULL), 0);
        int field = kind_field(kind, name);
        assert_true(field >= 0);
        snprintf(text, sizeof text, "%s", body_print(kind, body, (size_t)field, buf));
    }
    store_abort(&txn);
    return text;
}

void desk_tear(desk_t *self, const kind_rule_t *kind, const char *fields)
{
    rid_t id = desk_id(kind, fields);
    record_t r;
    place_t place;
    uint8_t key[8];
    assert_int_equal(store_index(self->txn), 0);
    assert_int_equal(store_get(self->txn, &id, &r, &place), 0);
    be64_store(key, place.at);
    assert_int_equal(kv_del(store_kv(self->txn), KV_LOG, slice(key, sizeof key)), 0);
}
