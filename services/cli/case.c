// SPDX-License-Identifier: Apache-2.0
#include "services/cli/case.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/i18n.h"
#include "common/base/system_error.h"
#include "common/forms/case.h"
#include "services/cli/ask.h"
#include "services/cli/listing.h"
#include "services/cli/output.h"
#include "services/cli/sender.h"
#include "services/cli/tally.h"
#include <errno.h>
#include <stdlib.h>

enum { OPTION_FRAMEWORK = CLI_KEY, OPTION_CLASS };

// ---- in

typedef struct sending_case {
    const case_package_t *package;
    const char *code;
    tally_t tally;
} sending_case_t;

static void take_outcome(void *context, uint64_t tag, const Selenga__Outcome *outcome)
{
    sending_case_t *self = context;
    const kind_rule_t *kind = tag == 0 ? &KIND_FRAMEWORK : &KIND_COMPETENCY;
    tally_add(&self->tally, outcome->result);
    AUTO(xfree) char *why = ask_fault_of(outcome->fault, kind);
    if (*why != '\0') cli_say("%s: %s", tag == 0 ? self->code : self->package->items[tag - 1].code, why);
}

// The framework is number 0, its items follow. NULL with a sentence.
static const kind_rule_t *body_of(const sending_case_t *self, size_t i, arena_t *arena, body_t **ret_body,
                                  why_t *ret_why)
{
    arena_reset(arena, BODY_MAX);
    *ret_body = i == 0 ? case_framework(self->package, self->code, arena, ret_why)
                       : case_competency(self->package, self->code, i - 1, arena, ret_why);
    if (*ret_body == NULL) return NULL;
    return i == 0 ? &KIND_FRAMEWORK : &KIND_COMPETENCY;
}

// All of it, before any of it is sent.
static int check_all(const sending_case_t *self, arena_t *arena)
{
    why_t why;
    body_t *body;
    for (size_t i = 0; i <= self->package->n; i++)
        if (body_of(self, i, arena, &body, &why) == NULL)
            return cli_refuse(_("%s Nothing was written."), why.text);
    return CLI_DONE;
}

// What the file says of a record; its other fields stay as they are.
static int add_one(const sending_case_t *self, sender_t *sender, size_t i, arena_t *arena)
{
    uint32_t set[16];
    why_t why;
    body_t *body;
    slice_t bytes;
    fault_t fault;
    Selenga__Item item = SELENGA__ITEM__INIT, *items[] = {&item};
    Selenga__Group group = SELENGA__GROUP__INIT;
    const kind_rule_t *kind = body_of(self, i, arena, &body, &why);
    if (kind == NULL || body_pack(body, arena, &bytes, &fault) != 0) abort(); // checked before
    for (size_t f = 0; f < kind->n_fields && item.n_set < ARRAY_SIZE(set); f++)
        if (body_has(kind, body, f)) set[item.n_set++] = kind_field_number(kind, f);
    item.has_kind = item.has_body = true;
    item.kind = kind->number;
    item.body = (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
    item.set = set;
    group.n_items = 1;
    group.items = items;
    return sender_add(sender, &group, i);
}

// Level by level: what is above another is there when it comes.
static int send_all(sending_case_t *self, ask_t *ask, arena_t *arena)
{
    AUTO(sender_destroy)
    sender_t *sender = sender_new(ask, KIND_COMPETENCY.number / 100, SENDING_BULK, take_outcome, self);
    int r = CLI_DONE;
    for (size_t i = 0; r == CLI_DONE && i <= self->package->n; i++) {
        bool next = i > 1 && self->package->items[i - 1].level != self->package->items[i - 2].level;
        if (next) r = sender_flush(sender);
        if (r == CLI_DONE) r = add_one(self, sender, i, arena);
    }
    return r == CLI_DONE ? sender_flush(sender) : r;
}

static int import_package(const cli_t *cli, const case_package_t *package)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_MAX);
    sending_case_t sending = {.package = package, .code = cli_option(cli, OPTION_FRAMEWORK)};
    int r = check_all(&sending, arena);
    if (r == CLI_DONE) r = ask_open(cli, &ask);
    if (r == CLI_DONE) r = send_all(&sending, ask, arena);
    if (r != CLI_DONE) return r;
    if (cli->json) {
        json_t *json = tally_json(&sending.tally);
        json_object_set_new(json, "passed_over", json_integer((json_int_t)package->passed_over));
        output_json(&json);
    } else {
        tally_print(&sending.tally, stdout);
        if (package->passed_over > 0)
            printf(_("Associations that are not kept (other than `isChildOf`): %zu"), package->passed_over);
        if (package->passed_over > 0) putchar('\n');
    }
    return sending.tally.rejected > 0 ? CLI_REFUSED : CLI_DONE;
}

static int run_import(const cli_t *cli)
{
    AUTO(xfree) uint8_t *bytes = NULL;
    AUTO(case_clear) case_package_t package = {0};
    const char *class_code = cli_option(cli, OPTION_CLASS), *path = cli->args[0];
    const field_rule_t *classes = &KIND_COMPETENCY.fields[kind_field(&KIND_COMPETENCY, "class")];
    size_t size;
    why_t why;
    if (cli_option(cli, OPTION_FRAMEWORK) == NULL)
        return cli_usage(cli, _("say the code of the framework: --framework CODE"));
    if (class_code != NULL && field_word(classes, slice_text(class_code)) == NULL)
        return cli_usage(cli, _("'%s' is no class; there are: %s"), class_code, classes->values);
    int rc = file_read(path, CASE_BYTES, false, &bytes, &size);
    if (rc == -EFBIG) return cli_refuse(_("%s: The file is larger than %d MiB."), path, CASE_BYTES >> 20);
    if (rc != 0) return cli_refuse("%s: %s", path, system_error(-rc));
    if (case_read(slice(bytes, size), class_code, &package, &why) != 0)
        return cli_refuse(_("%s: %s Nothing was written."), path, why.text);
    return import_package(cli, &package);
}

// ---- out

typedef struct gathering {
    case_gathering_t *all;
    const kind_rule_t *kind;
} gathering_t;

static int take(slice_t wire, const Selenga__Record *record, void *context)
{
    gathering_t *self = context;
    (void)wire;
    case_gather_record(self->all, self->kind, record);
    return CLI_DONE;
}

static int list_where(ask_t *ask, gathering_t *gathering, const kind_rule_t *kind, const char *field,
                      const char *value)
{
    Selenga__List request = SELENGA__LIST__INIT;
    Selenga__Match match = SELENGA__MATCH__INIT, *where[] = {&match};
    request.has_kind = true;
    request.kind = kind->number;
    match.field = (char *)(uintptr_t)field;
    match.value = (char *)(uintptr_t)value;
    request.where = where;
    request.n_where = 1;
    gathering->kind = kind;
    return ask_each(ask, &request, 0, take, NULL, gathering);
}

static int write_file(const case_package_t *package, const char *path)
{
    AUTO(xfree) char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    if (out == NULL) out_of_memory();
    case_write(package, wall_s(), out);
    fclose(out);
    int rc = file_replace(path, slice(bytes, size), 0644);
    return rc == 0 ? CLI_DONE : cli_refuse(_("%s cannot be written: %s"), path, system_error(-rc));
}

static int run_export(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(case_gathering_destroy) case_gathering_t *all = case_gather(cli->args[0]);
    gathering_t gathering = {.all = all};
    why_t why;
    int r = ask_open(cli, &ask);
    if (r == CLI_DONE) r = list_where(ask, &gathering, &KIND_FRAMEWORK, "code", cli->args[0]);
    if (r == CLI_DONE) r = list_where(ask, &gathering, &KIND_COMPETENCY, "framework", cli->args[0]);
    if (r != CLI_DONE) return r;
    const case_package_t *package = case_gathered(all, &why);
    if (package == NULL) return cli_refuse("%s: %s", cli->args[0], why.text);
    if (cli->n_args > 1) return write_file(package, cli->args[1]);
    case_write(package, wall_s(), stdout);
    return CLI_DONE;
}

// ---- verbs

static const struct argp_option IMPORT_CASE_OPTIONS[] = {
    {"framework", OPTION_FRAMEWORK, "CODE", 0, N_("the code that the framework has here"), 0},
    {"class", OPTION_CLASS, "CLASS", 0, N_("class of competencies of which the file says none"), 0},
    {0},
};

const verb_t CASE_VERBS[] = {
    {
        .name = "import",
        .args = "FILE",
        .min_args = 1,
        .max_args = 1,
        .options = IMPORT_CASE_OPTIONS,
        .summary = N_("a framework and its competencies from a CASE 1.1 file"),
        .text = N_("FILE is a package: CFDocument, CFItems and CFAssociations as JSON, at most 16 MiB. "
                   "`humanCodingScheme` becomes the code of a competency (without one the identifier), "
                   "`fullStatement` its title, `CFItemType` its class, as code or word of either language; "
                   "`isChildOf` says what is above it. One fault refuses the whole file, before anything is "
                   "written. Taken in twice it changes nothing; what the file does not mention stays."),
        .examples = "selenga --node region case import framework.json --framework PEDAGOGUE-2025\n",
        .run = run_import,
    },
    {
        .name = "export",
        .args = "FRAMEWORK [FILE]",
        .min_args = 1,
        .max_args = 2,
        .summary = N_("a framework and its competencies as a CASE 1.1 file"),
        .text = N_("Without FILE it is printed. What came from a CASE file keeps its UUIDs; others have one "
                   "that is made of their key, the same each time."),
        .examples = "selenga --node region case export PEDAGOGUE-2025 framework.json\n",
        .run = run_export,
    },
    {0},
};
