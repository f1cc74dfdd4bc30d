// SPDX-License-Identifier: Apache-2.0
// The own file of starting is part of this one, so that a service here is a service there; what would go to
// the socket is dropped.
#include "tests/fuzz/rig.h"
#include "common/sync/admit.h"
#include "common/sync/feed_private.h"
#include "tests/fuzz/holds.h"

static holds_t holds;
static bool see_and_admit(void *arg, store_txn_t *txn, uint32_t peer, const record_t *r, fault_t *ret_fault);
#define admit(arg, txn, peer, record, fault) see_and_admit(arg, txn, peer, record, fault)
#include "common/service/service.c"
#undef admit
#include "proto/registry.pb-c.h"
#include "services/diagnostics/diagnostics.h"
#include "services/registry/registry.h"
#include "services/reporting/reporting.h"
#include "services/routing/routing.h"
#include "tests/fuzz/say.h"
#include "tests/sim/kv_mem.h"
#include <fcntl.h>
#include <ftw.h>

enum { REGION = 0x101, HUB = 0x202, SCHOOL_A = 0x303, SCHOOL_B = 0x404, LEVELS = 3, BATCH_MESSAGES = 32 };
enum { BY_CHOICES = 255, BY_LIAR = 254, BY_POINTS = 253, BY_WAITING = 252, INVITED = 'k' };
enum { HOW_END = 8, HOW_SESSION = 16, HOW_FULL = 32, HOW_LATER = 64, HOW_RESTART = 128 };

static const service_def_t *const DEFS[] = {&REGISTRY, &DIAGNOSTICS, &ROUTING, &REPORTING};
enum { N_DEFS = ARRAY_SIZE(DEFS), RIGS = 2 * N_DEFS * LEVELS }; // the second half: in place of a lost node

// The tree that every script finds: one region, one municipality, two schools.
static const struct {
    const char *org, *parent, *kind;
    uint32_t labels[3];
} TREE[] = {
    {"03", NULL, "ministry", {REGION}},
    {"03-08", "03", "municipal_authority", {REGION, HUB}},
    {"03-08-01", "03-08", "school", {REGION, HUB, SCHOOL_A}},
    {"03-08-02", "03-08", "school", {REGION, HUB, SCHOOL_B}},
};
static const size_t SELF[LEVELS] = {2, 1, 0}; // a school, the hub, the region

typedef struct rig {
    service_t service;
    kv_t *kv;
    uint64_t epochs;
    kv_full_t full;
} rig_t;

// What a batch will find on the socket.
typedef struct mail {
    intake_t *in;
    zmq_msg_t frames[BATCH_MESSAGES];
    size_t n, next;
} mail_t;

static path_t path_of(size_t node)
{
    path_t path = {0};
    for (size_t i = 0; i < 3 && TREE[node].labels[i] != 0; i++) {
        path_t above = path;
        be32_store(path.b, TREE[node].labels[i]);
        path.len = PATH_LABEL;
        if (i > 0) path_child(&above, TREE[node].labels[i], &path);
    }
    return path;
}

static bool see_and_admit(void *arg, store_txn_t *txn, uint32_t peer, const record_t *r, fault_t *ret_fault)
{
    holds_see(&holds, store_of(txn), r);
    return admit(arg, txn, peer, r, ret_fault);
}

// --- chance, the same in each run ---

static uint64_t drawn;
static bool rekeyed = true; // the key of pseudonyms in the folder is not the first one

static void draw(void *const buf, const size_t size)
{
    static const uint8_t key[randombytes_SEEDBYTES] = {7};
    uint8_t seed[randombytes_SEEDBYTES];
    be64_store(seed, ++drawn);
    memcpy(seed + 8, key, sizeof seed - 8);
    randombytes_buf_deterministic(buf, size, seed);
}

static uint32_t draw_number(void)
{
    uint32_t number;
    draw(&number, sizeof number);
    return number;
}

static const char *name_draw(void)
{
    return "a script's";
}

static randombytes_implementation chance = {
    .implementation_name = name_draw, .random = draw_number, .buf = draw};

// --- starting and stopping ---

enum { FIRST_EPOCH = 100, SCRIPT_EPOCH = 200 }; // in which the tree is planted, in which the script begins

// Scattered, so that no message can tell of an epoch that is still to come.
static uint64_t boot_of(uint64_t epoch)
{
    return epoch * 0x9e3779b97f4a7c15ULL;
}

static void start_service(rig_t *rig)
{
    service_t *service = &rig->service;
    service->lost = false;
    assert(store_open(rig->kv, &service->place, boot_of(++rig->epochs), wall_s, &service->store) == 0);
    service->kv = rig->kv;
    assert(service_open_state(service) == 0);
    store_on_change(service->store, on_change, service);
    open_feed(service);
    service->feed->seed = rig->epochs; // the same sessions each time
    assert(start(service) == 0);
    for (size_t i = 0; i < ARRAY_SIZE(TREE); i++) {
        path_t path = path_of(i), up = path_parent(&path), self = service->place.path;
        path_t above = path_parent(&self);
        if (path_equal(&up, &self)) feed_link(service->feed, path_own_label(&path), true, (int64_t)mono_ms());
        if (path_equal(&path, &above)) feed_link(service->feed, PEER_PARENT, true, (int64_t)mono_ms());
    }
}

static void stop_service(rig_t *rig)
{
    service_t *service = &rig->service;
    if (service->self != NULL && service->def->close != NULL) service->def->close(service->self);
    service->self = NULL;
    feed_destroy(&service->feed);
    store_close(&service->store);
    outgoing_clear(&service->replies);
    outgoing_clear(&service->feeds);
    scope_destroy(&service->scope);
    service->topology_changed = false;
}

// A record of the registry as its home wrote it: this node itself, or one from which it has reached it.
static void plant(rig_t *rig, store_txn_t *txn, const kind_rule_t *kind, const body_t *body, const char *org,
                  path_t home)
{
    service_t *service = &rig->service;
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_MAX);
    bool registry = service->def->number == SERVICE_REGISTRY;
    record_t r = {.kind = kind->number, .up = kind->up, .down = kind->down, .org = slice_text(org)};
    assert(body_validate(kind, body, NULL) == 0 && body_id(kind, body, &r.id));
    assert(body_pack(body, arena, &r.body, NULL) == 0);
    if (registry && path_equal(&home, &service->place.path)) {
        assert(store_write(txn, &r, NULL) == 0);
        return;
    }
    static uint64_t seq;
    r.home = home;
    r.version = (version_t){.inc = 1, .seq = ++seq, .boot = 7};
    AUTO(xfree) uint8_t *buf = xmalloc(record_size(&r));
    record_pack(&r, buf);
    arrival_t arrival = {.peer = registry ? store_toward(service->store, &r) : SERVICE_REGISTRY};
    applied_t applied;
    assert(store_apply(txn, &r, &arrival, &applied) == 0);
}

static void plant_tree(rig_t *rig)
{
    store_txn_t *txn = NULL;
    assert(store_begin(rig->service.store, true, &txn) == 0);
    for (size_t i = 0; i < ARRAY_SIZE(TREE); i++) {
        Selenga__Organisation org = SELENGA__ORGANISATION__INIT;
        Selenga__Node node = SELENGA__NODE__INIT;
        path_t path = path_of(i);
        uint8_t key[NODE_KEY_SIZE] = {(uint8_t)i};
        org.code = node.org = (char *)(uintptr_t)TREE[i].org;
        org.parent = (char *)(uintptr_t)TREE[i].parent;
        org.kind = (char *)(uintptr_t)TREE[i].kind;
        org.name = (char *)(uintptr_t)TREE[i].org;
        plant(rig, txn, &KIND_ORGANISATION, &org.base, org.code, path_of(0));
        if (!path_is_prefix(&rig->service.place.path, &path)) continue; // nodes are told upwards only
        node.level = (char *)(uintptr_t)level_name((int)(3 - path.len / PATH_LABEL));
        node.state = (char *)(uintptr_t) "active";
        node.has_path = node.has_key = 1;
        node.path = (ProtobufCBinaryData){.len = path.len, .data = path.b};
        node.key = (ProtobufCBinaryData){.len = sizeof key, .data = key};
        plant(rig, txn, &KIND_NODE, &node.base, node.org, i > 0 ? path_parent(&path) : path);
    }
    assert(store_commit(&txn) == 0);
}

static void set_up(rig_t *rig, const service_def_t *def, size_t level, bool replaced)
{
    size_t self = SELF[level];
    service_t *service = &rig->service;
    *service = (service_t){.def = def, .started_ms = mono_ms(), .arena = arena_new(0)};
    service->node.path = path_of(self);
    service->node.rank = (uint32_t)level;
    text_copy(service->node.org, sizeof service->node.org, TREE[self].org);
    text_copy(service->node.level, sizeof service->node.level, level_name((int)level));
    if (level > 0) text_copy(service->node.listen, sizeof service->node.listen, "tcp://127.0.0.1:5600");
    service->node.parent = (node_parent_t){.known = level < 2, .rank = (uint32_t)level + 1};
    service->place = (store_place_t){.path = service->node.path,
                                     .service = def->number,
                                     .rank = (uint8_t)level,
                                     .has_parent = level < 2,
                                     .parent_rank = (uint8_t)(level + 1)};
    service->node.replaced = replaced;
    service->place.adopt_from_parent = replaced && level < 2;
    say_seal_key(&service->place.path, service->place.seal_key);
    rig->kv = kv_mem_new();
    rig->epochs = FIRST_EPOCH;
    start_service(rig);
    plant_tree(rig);
    stop_service(rig);
}

// --- the script ---

static uint32_t peer_of(const service_t *service, unsigned sender)
{
    static const uint32_t hubs[] = {HUB, SCHOOL_A}, schools[] = {SCHOOL_A, SCHOOL_B};
    if (sender == 2) return PEER_PARENT;
    return service->place.rank == 2 ? hubs[sender - 3] : schools[sender - 3];
}

// The envelope as the gate would have stamped it.
static envelope_t stamp(const service_t *service, unsigned sender, uint8_t type)
{
    envelope_t e = {.type = type, .to = service->def->number, .call = 1};
    if (sender == 1) e.from = SERVICE_GATE;
    if (sender >= 5) e.from = sender - 4;
    if (sender >= 2 && sender < 5) {
        e.peer = peer_of(service, sender);
        e.from = service->def->number;
    }
    strcpy(e.principal, sender == 0 ? "local:0" : sender >= 2 && sender < 5 ? "node:0" : "");
    if (sender == 1 && type == MSG_JOIN) {
        uint8_t key[NODE_KEY_SIZE];
        char text[2 * NODE_KEY_SIZE + 1];
        memset(key, INVITED, sizeof key);
        snprintf(e.principal, sizeof e.principal, "invite:%s", hex_text(slice(key, sizeof key), text));
    }
    return e;
}

static void fit_session(const service_t *service, const envelope_t *e, uint8_t *body, size_t size)
{
    enum { TAG_SESSION = 1 << 3 | 1 };
    const link_t *link = feed_find(service->feed, e->peer != PEER_SELF ? e->peer : e->from);
    if (link == NULL || size < 9 || body[0] != TAG_SESSION) return;
    bool to_producer = e->type == MSG_PULL || e->type == MSG_GIVEBACK;
    uint64_t session = htole64(to_producer ? link->out.session : link->in.session);
    memcpy(body + 1, &session, sizeof session);
}

static void fit_call(const service_t *service, uint8_t *body, size_t size)
{
    enum { TAG_CALL = 1 << 3 | 1 };
    uint64_t call;
    if (size < 9 || body[0] != TAG_CALL || !ask_call(service, body[1], &call)) return;
    call = htole64(call);
    memcpy(body + 1, &call, sizeof call);
}

static bool next_frame(void *arg, zmq_msg_t *frame)
{
    mail_t *mail = arg;
    if (mail->next == mail->n) return false;
    zmq_msg_move(frame, &mail->frames[mail->next]);
    zmq_msg_close(&mail->frames[mail->next++]);
    return true;
}

static void turn(rig_t *rig, mail_t *mail)
{
    service_t *service = &rig->service;
    kv_mem_set_full(rig->kv, rig->full);
    feed_tick(service->feed, (int64_t)mono_ms());
    int before = service->trouble; // of a full disk: over with the next write
    intake_take(mail->in);
    service_turn(service, mail->in, true);
    assert(!intake_waits(mail->in) || service->trouble != 0 || service->lost); // no time passed
    assert(service->code == 0);                                                // the store is well
    mail->n = mail->next = 0;
    assert(service->trouble == 0 || service->trouble == before ||
           rig->full != KV_WELL); // no message may stop the service
    kv_mem_set_full(rig->kv, rig->full = KV_WELL);
    holds_check(&holds, service->store);
}

// The body by choices, of a type that fits its sender. False when that can say nothing.
static bool say(const rig_t *rig, envelope_t *e, slice_t choices, zmq_msg_t *frame)
{
    const service_t *service = &rig->service;
    say_tree_t tree = {.boot = boot_of(rig->epochs)};
    size_t size;
    AUTO(xfree) uint8_t *body = NULL;
    const link_t *link = feed_find(service->feed, e->peer != PEER_SELF ? e->peer : e->from);
    for (size_t i = 0; i < SAY_NODES; i++) tree.nodes[i] = (struct say_node){TREE[i].org, path_of(i)};
    if (e->type == BY_WAITING && e->from == SERVICE_CLI)
        body = ask_quarantine(choices, service, &e->type, &size);
    else if (e->type == BY_POINTS && e->peer != PEER_SELF)
        body = ask_points(choices, service, e->peer == PEER_PARENT, &e->type, &size);
    else if (e->type == BY_LIAR && link != NULL)
        body = liar_records(choices, service->store, link, &tree, &e->type, &size);
    else if (e->type == BY_CHOICES && e->from == SERVICE_CLI)
        body = say_put(choices, service->def->number, &size), e->type = MSG_PUT;
    else if (e->type == BY_CHOICES && link != NULL)
        body = say_records(choices, link, &tree, &e->type, &size);
    if (body == NULL) return false;
    zmq_msg_init_size(frame, size); // a copy of its own size: reading on is seen
    memcpy(zmq_msg_data(frame), body, size);
    return true;
}

static bool copy_body(const service_t *service, const envelope_t *e, slice_t body, bool fit, zmq_msg_t *frame)
{
    zmq_msg_init_size(frame, body.size);
    uint8_t *copy = zmq_msg_data(frame);
    if (body.size > 0) memcpy(copy, body.data, body.size);
    if (fit && e->type == MSG_EVALUATED)
        fit_call(service, copy, body.size);
    else if (fit)
        fit_session(service, e, copy, body.size);
    return true;
}

static void add_message(rig_t *rig, uint8_t how, uint8_t type, slice_t body, mail_t *mail)
{
    const service_t *service = &rig->service;
    zmq_msg_t frame;
    envelope_t e = stamp(service, how & 7, type);
    bool said = type >= BY_WAITING ? say(rig, &e, body, &frame)
                                   : copy_body(service, &e, body, (how & HOW_SESSION) != 0, &frame);
    if (!said) return;
    rekeyed |= e.type == MSG_ROTATE_PSEUDONYMS;
    if (e.type == MSG_QUARANTINE_TAKE) holds.inc = UINT32_MAX; // a person may take any number
    e.body = slice(zmq_msg_data(&frame), zmq_msg_size(&frame));
    msg_pack(&e, &mail->frames[mail->n++]); // the body stands last: reading on is seen
    zmq_msg_close(&frame);
}

// What waits is lost with the process.
static void start_anew(rig_t *rig, mail_t *mail)
{
    while (mail->n > 0) zmq_msg_close(&mail->frames[--mail->n]);
    intake_destroy(&mail->in);
    mail->in = intake_new(mono_us, next_frame, mail);
    stop_service(rig);
    start_service(rig);
}

// Takes the next message of the script into the batch. False at the end.
static bool take_message(rig_t *rig, slice_t *script, unsigned senders, mail_t *mail)
{
    if (script->size == 0) return false;
    uint8_t how = fuzz_byte(script), type = fuzz_byte(script);
    size_t size = (size_t)fuzz_byte(script) << 8;
    slice_t body = fuzz_take(script, size | fuzz_byte(script));
    if ((how & HOW_LATER) != 0) clock_advance_ms(15000);
    if ((how & HOW_RESTART) != 0) start_anew(rig, mail);
    if ((senders & 1U << (how & 7)) != 0) add_message(rig, how, type, body, mail);
    if ((how & HOW_FULL) != 0) rig->full = KV_FULL_COMMIT;
    if ((how & HOW_END) != 0 || mail->n == BATCH_MESSAGES) turn(rig, mail);
    return true;
}

// --- what must hold at the end ---

typedef struct own {
    store_txn_t *txn;
    uint64_t last; // epoch
} own_t;

static bool is_of(const own_t *own, uint64_t boot)
{
    for (uint64_t epoch = FIRST_EPOCH + 1; epoch <= own->last; epoch++)
        if (boot_of(epoch) == boot) return true;
    return false;
}

// Does it go on from what a neighbour handed back, of an epoch that this store does not know? That was not
// judged by the rules (common/sync/admit.c), and is written again as it is where ours must stand above a
// conflict.
static bool was_handed_back(const own_t *own, const record_t *r)
{
    for (size_t at = 0; at < r->past.size; at += PAST_EPOCH)
        if (!is_of(own, be64_load(r->past.data + at))) return true;
    return false;
}

// Whatever the messages were: what this node wrote keeps the rules, or its neighbours would refuse it.
static int check_own(void *arg, const rid_t *id)
{
    const own_t *own = arg;
    record_t r;
    place_t place;
    fault_t fault;
    assert(store_get(own->txn, id, &r, &place) == 0);
    const kind_rule_t *kind = kind_by_number(r.kind);
    // What came back under our seal was not written here now: the seal decides (proto/README.md, 5).
    bool written = place.src == PEER_SELF && is_of(own, r.version.boot);
    if (kind != NULL && !r.deleted && written && !was_handed_back(own, &r))
        assert(body_check(kind, r.body, &fault) == 0);
    return 0;
}

static void check_store(rig_t *rig)
{
    own_t own = {.last = rig->epochs};
    assert(store_begin(rig->service.store, false, &own.txn) == 0);
    for (size_t i = 0; i < N_KINDS; i++)
        assert(store_list(own.txn, KINDS[i]->number, (slice_t){0}, NULL, check_own, &own) == 0);
    store_abort(&own.txn);
}

// --- the node's folder, which holds the registry's keys ---

// Linked in place of fsync: power is not what is tried here.
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    (void)fd;
    return 0;
}

static char folder[] = "/tmp/selenga-fuzz-XXXXXX";
static int home = -1; // where the process was started: paths given to it mean that

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void remove_folder(void)
{
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

// What a script before this one has left there.
static void tidy(void)
{
    why_t why;
    uint8_t pseudonym_keys[NODE_PSEUDONYM_KEYS] = {1};
    assert(unlink(NODE_ADMITTED) == 0 || errno == ENOENT);
    if (rekeyed) assert(node_pseudonym_keys_save(".", pseudonym_keys, &why) == 0);
    rekeyed = false;
}

static void prepare(void)
{
    why_t why;
    node_keys_t keys;
    assert(randombytes_set_implementation(&chance) == 0 && sodium_init() >= 0 && mkdtemp(folder) != NULL);
    atexit(remove_folder);
    home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert(home >= 0);
    log_to(open("/dev/null", O_WRONLY | O_CLOEXEC));
    assert(node_make_dirs(folder, &why) == 0 && node_enter(folder, &why) == 0);
    node_keys_make(&keys);
    assert(node_keys_save(".", &keys, &why) == 0);
}

void rig_run(slice_t script, unsigned senders)
{
    static rig_t rigs[RIGS];
    static kv_image_t *images[RIGS];
    static mail_t mail;
    size_t i = fuzz_byte(&script) % ARRAY_SIZE(rigs);
    rig_t *rig = &rigs[i];
    if (mail.in == NULL) prepare();
    clock_freeze(1000000, 1750000000);
    intake_destroy(&mail.in);
    mail.in = intake_new(mono_us, next_frame, &mail);
    assert(chdir(folder) == 0);
    tidy();
    if (images[i] == NULL) {
        set_up(rig, DEFS[i % N_DEFS], i / N_DEFS % LEVELS, i >= RIGS / 2);
        images[i] = kv_mem_image(rig->kv);
    }
    kv_mem_restore(rig->kv, images[i]);
    rig->epochs = SCRIPT_EPOCH;
    drawn = 0;
    holds = (holds_t){.inc = 1, .adopting = rig->service.place.adopt_from_parent};
    start_service(rig);
    turn(rig, &mail);
    while (take_message(rig, &script, senders, &mail)) continue;
    turn(rig, &mail);
    check_store(rig);
    stop_service(rig);
    start_service(rig); // what was written can be read again
    turn(rig, &mail);
    stop_service(rig);
    assert(fchdir(home) == 0);
}
