// SPDX-License-Identifier: Apache-2.0
// `selenga instrument`: the questions of an instrument from a file of another program, and back. A question
// and its key are two records that are written together; which of them leaves the node is said by their
// kinds.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/i18n.h"
#include "common/base/system_error.h"
#include "common/base/util.h"
#include "common/forms/charset.h"
#include "common/forms/json.h"
#include "common/forms/quiz.h"
#include "common/node/msg.h"
#include "common/node/node.h"
#include "common/schema/fault.h"
#include "common/store/record.h"
#include "proto/diagnostics.pb-c.h"
#include "proto/kinds.h"
#include "services/cli/attempt.h"
#include "services/cli/listing.h"
#include "services/cli/named.h"
#include "services/cli/output.h"
#include "services/cli/sender.h"
#include "services/cli/tally.h"
#include "services/cli/verbs.h"

enum { OPTION_GIFT = CLI_KEY, OPTION_AIKEN, OPTION_DRY };

typedef struct held { // what the node holds under one number; slices of memory that is ours
    uint8_t *question, *key;
    size_t question_size, key_size;
} held_t;

typedef struct work {
    const cli_t *cli;
    const char *code, *source;
    held_t held[QUIZ_QUESTIONS_MAX + 1]; // by number
    char topic[QUIZ_TOPIC_MAX + 1];      // in which the question that was written last stands
    quiz_t quiz;
    tally_t tally;
    size_t removed;
} work_t;

static void forget(work_t *work)
{
    for (size_t i = 0; i <= QUIZ_QUESTIONS_MAX; i++) {
        free(work->held[i].question);
        free(work->held[i].key);
    }
    quiz_clear(&work->quiz);
    free(work);
}

// ---- what is there

static int take_question(slice_t wire, const Selenga__Record *record, void *context)
{
    work_t *work = context;
    (void)wire;
    AUTO(msg_body_free)
    Selenga__Question *q =
        msg_body_unpack(&selenga__question__descriptor, slice(record->body.data, record->body.len));
    if (!q || q->number < 1 || q->number > QUIZ_QUESTIONS_MAX) return CLI_DONE;
    held_t *held = &work->held[q->number];
    free(held->question);
    held->question = xmemdup(record->body.data, record->body.len);
    held->question_size = record->body.len;
    return CLI_DONE;
}

static int take_key(slice_t wire, const Selenga__Record *record, void *context)
{
    work_t *work = context;
    (void)wire;
    AUTO(msg_body_free)
    Selenga__QuestionKey *k =
        msg_body_unpack(&selenga__question_key__descriptor, slice(record->body.data, record->body.len));
    if (!k || k->number < 1 || k->number > QUIZ_QUESTIONS_MAX) return CLI_DONE;
    held_t *held = &work->held[k->number];
    free(held->key);
    held->key = xmemdup(record->body.data, record->body.len);
    held->key_size = record->body.len;
    return CLI_DONE;
}

static int list_kind(ask_t *ask, const kind_rule_t *kind, bool export, ask_take_t *take, work_t *work)
{
    Selenga__List request = SELENGA__LIST__INIT;
    Selenga__Match match = SELENGA__MATCH__INIT, *where[] = {&match};
    match.field = "instrument";
    match.value = (char *)work->code;
    request.has_kind = request.has_export = true;
    request.kind = kind->number;
    request.export = export;
    request.where = where;
    request.n_where = 1;
    return ask_each(ask, &request, 0, take, NULL, work);
}

static int read_held(ask_t *ask, work_t *work, bool export)
{
    int r = list_kind(ask, &KIND_QUESTION, export, take_question, work);
    return r == CLI_DONE ? list_kind(ask, &KIND_QUESTION_KEY, export, take_key, work) : r;
}

// The instrument is here, and questions are added where it was made: elsewhere they would be nobody's.
static int check_instrument(const work_t *work, ask_t *ask, bool writes)
{
    rid_t id;
    AUTO(node_conf_clear) node_conf_t conf = {0};
    AUTO(msg_body_free) Selenga__Records *reply = NULL;
    Selenga__Get request = SELENGA__GET__INIT;
    record_t record;
    why_t why;
    int r = named_record(&KIND_INSTRUMENT, work->code, &id);
    if (r != CLI_DONE) return r;
    request.has_kind = request.has_id = true;
    request.kind = KIND_INSTRUMENT.number;
    request.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    r = ask_call(ask, KIND_INSTRUMENT.number / 100, MSG_GET, &request, MSG_RECORDS,
                 &selenga__records__descriptor, &reply, ASK_TIMEOUT_MS);
    if (r != CLI_DONE) return r;
    if (reply->n_records == 0)
        return cli_refuse(_("there is no %s %s at this node"), "instrument", work->code);
    if (!writes) return CLI_DONE;
    if (node_conf_load(work->cli->node, &conf, &why) != 0) return cli_refuse("%s", why.text);
    if (record_parse(slice(reply->records[0].data, reply->records[0].len), &record) != 0 ||
        path_equal(&record.home, &conf.path))
        return CLI_DONE;
    return cli_refuse(_("instrument %s was made at another node: its questions are written there"),
                      work->code);
}

// ---- in

// The file in UTF-8, at most a byte more than may be read.
static int read_file(const work_t *work, slice_t *ret_text)
{
    bool named = strcmp(work->source, "-") != 0;
    FILE *in = named ? fopen(work->source, "re") : stdin, *text = NULL;
    const char *charset;
    fault_t fault;
    char said[FAULT_TEXT];
    if (!in) return cli_refuse("%s: %s", work->source, system_error(errno));
    int r = CLI_DONE;
    if (charset_open(in, &text, &charset, &fault) != 0) {
        r = cli_refuse(_("%s: %s Nothing was written."), work->source, fault_text(&fault, said, sizeof said));
    } else {
        uint8_t *bytes = xmalloc(QUIZ_FILE_MAX + 1);
        *ret_text = slice(bytes, fread(bytes, 1, QUIZ_FILE_MAX + 1, text));
        if (ferror(text)) r = cli_refuse("%s: %s", work->source, system_error(EIO));
        if (strcmp(charset, "UTF-8") != 0) cli_say(_("read as %s"), charset);
    }
    if (text && text != in) fclose(text);
    if (named) fclose(in);
    return r;
}

static int read_quiz(work_t *work, bool aiken)
{
    slice_t text = {0};
    size_t line;
    int r = read_file(work, &text);
    if (r == CLI_DONE) {
        int error =
            aiken ? quiz_read_aiken(text, &work->quiz, &line) : quiz_read_gift(text, &work->quiz, &line);
        if (error != 0)
            r = cli_refuse(_("%s, line %llu: %s. Nothing was written."), work->source,
                           (unsigned long long)line, quiz_fault(error));
    }
    free((void *)(uintptr_t)text.data);
    return r;
}

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *question_json(const work_t *work, size_t number, const quiz_question_t *q)
{
    AUTO(xfree) char *options = quiz_options(q), *partners = quiz_partners(q);
    return json_pack("{s:s, s:I, s:o, s:s, s:s, s:o, s:o, s:o, s:o}", "instrument", work->code, "number",
                     (json_int_t)number, "name", text_or_null(q->name), "type", quiz_type_word(q->type),
                     "text", q->text, "ending", text_or_null(q->ending), "options", text_or_null(options),
                     "partners", text_or_null(partners), "competency", text_or_null(q->topic));
}

static json_t *key_json(const work_t *work, size_t number, const quiz_question_t *q)
{
    AUTO(xfree) char *key = quiz_key(q);
    return json_pack("{s:s, s:I, s:o}", "instrument", work->code, "number", (json_int_t)number, "answers",
                     text_or_null(key));
}

static void take_outcome(void *context, uint64_t tag, const Selenga__Outcome *outcome)
{
    work_t *work = context;
    AUTO(xfree) char *why = ask_fault_of(outcome->fault, &KIND_QUESTION);
    if (tag == 0 && outcome->result != RESULT_REJECTED)
        work->removed++;
    else
        tally_add(&work->tally, outcome->result);
    if (*why) cli_say(_("question %llu: %s"), (unsigned long long)tag, why);
}

static int send_question(work_t *work, sender_t *sender, arena_t *arena, size_t number)
{
    const quiz_question_t *q = &work->quiz.questions[number - 1];
    json_auto_t *question = question_json(work, number, q), *key = key_json(work, number, q);
    Selenga__Item *items[2];
    Selenga__Group group = SELENGA__GROUP__INIT;
    fault_t fault;
    char text[FAULT_TEXT];
    arena_reset(arena, JSON_RECORD_MAX);
    if (item_from_json(&KIND_QUESTION, question, arena, &items[0], &fault) != 0 ||
        item_from_json(&KIND_QUESTION_KEY, key, arena, &items[1], &fault) != 0)
        return cli_refuse(_("%s, line %llu: %s"), work->source, (unsigned long long)q->line,
                          fault_text_of(&fault, &KIND_QUESTION, i18n_now(), text, sizeof text));
    group.items = items;
    group.n_items = 2;
    return sender_add(sender, &group, number);
}

// Questions that stand behind the last one of the file are of an earlier one.
static int remove_question(sender_t *sender, const work_t *work, size_t number, bool key)
{
    char ref[KEY_TEXT_MAX];
    const kind_rule_t *kind = key ? &KIND_QUESTION_KEY : &KIND_QUESTION;
    Selenga__Item item = SELENGA__ITEM__INIT, *items[] = {&item};
    Selenga__Group group = SELENGA__GROUP__INIT;
    rid_t id;
    snprintf(ref, sizeof ref, "%s:%zu", work->code, number);
    int r = named_record(kind, ref, &id);
    if (r != CLI_DONE) return r;
    item.has_kind = item.has_id = item.has_deleted = item.deleted = true;
    item.kind = kind->number;
    item.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    item.why = (char *)_("not in the file that was imported");
    group.items = items;
    group.n_items = 1;
    return sender_add(sender, &group, 0);
}

static int send_all(work_t *work, ask_t *ask)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(JSON_RECORD_MAX);
    unsigned how = cli_option(work->cli, OPTION_DRY) ? SENDING_DRY : 0;
    AUTO(sender_destroy)
    sender_t *sender = sender_new(ask, KIND_QUESTION.number / 100, how, take_outcome, work);
    int r = CLI_DONE;
    for (size_t i = 1; i <= work->quiz.n && r == CLI_DONE; i++) r = send_question(work, sender, arena, i);
    for (size_t i = work->quiz.n + 1; i <= QUIZ_QUESTIONS_MAX && r == CLI_DONE; i++) {
        if (work->held[i].question) r = remove_question(sender, work, i, false);
        if (work->held[i].key && r == CLI_DONE) r = remove_question(sender, work, i, true);
    }
    return r == CLI_DONE ? sender_flush(sender) : r;
}

static int import_questions(work_t *work)
{
    const cli_t *cli = work->cli;
    int r = read_quiz(work, cli_option(cli, OPTION_AIKEN) != NULL);
    if (r != CLI_DONE) return r;
    AUTO(ask_destroy) ask_t *ask = NULL;
    r = ask_open(cli, &ask);
    if (r == CLI_DONE) ask_catch_up(ask, KIND_QUESTION.number / 100);
    if (r == CLI_DONE) r = check_instrument(work, ask, true);
    if (r == CLI_DONE) r = read_held(ask, work, false);
    if (r == CLI_DONE) r = send_all(work, ask);
    if (r != CLI_DONE) return r;
    if (cli_option(cli, OPTION_DRY)) cli_say(_("nothing was written: this is what the import would do"));
    if (work->removed > 0)
        cli_say(_("records of questions behind the last one of the file were deleted: %zu"), work->removed);
    if (cli->json) {
        json_t *json = tally_json(&work->tally);
        json_object_set_new(json, "deleted", json_integer((json_int_t)work->removed));
        output_json(&json);
    } else {
        tally_print(&work->tally, stdout);
    }
    return work->tally.rejected ? CLI_REFUSED : CLI_DONE;
}

static int run_import(const cli_t *cli)
{
    if (cli_option(cli, OPTION_GIFT) && cli_option(cli, OPTION_AIKEN))
        return cli_usage(cli, _("a file is either GIFT or Aiken"));
    work_t *work = xcalloc(1, sizeof *work);
    work->cli = cli;
    work->code = cli->args[0];
    work->source = cli->n_args > 1 ? cli->args[1] : "-";
    int r = import_questions(work);
    forget(work);
    return r;
}

// ---- out

static bool is_same(const char *said, const char *derived)
{
    return strcmp(said ? said : "", derived ? derived : "") == 0;
}

// Do question and key belong together? Either may have been changed by hand.
static bool fits(const Selenga__Question *q, slice_t written)
{
    quiz_t quiz;
    size_t line;
    if (quiz_read_gift(written, &quiz, &line) != 0) return false;
    AUTO(xfree)
    char *options = quiz_options(&quiz.questions[0]), *partners = quiz_partners(&quiz.questions[0]);
    bool fit = quiz.n == 1 && is_same(q->type, quiz_type_word(quiz.questions[0].type)) &&
               is_same(q->options, options) && is_same(q->partners, partners);
    quiz_clear(&quiz);
    return fit;
}

static void write_topic(work_t *work, const Selenga__Question *q)
{
    if (is_same(q->competency, work->topic)) return;
    snprintf(work->topic, sizeof work->topic, "%s", q->competency ? q->competency : "");
    quiz_write_topic(stdout, work->topic);
}

static int write_question(work_t *work, size_t number)
{
    const held_t *held = &work->held[number];
    AUTO(msg_body_free)
    Selenga__Question *q =
        msg_body_unpack(&selenga__question__descriptor, slice(held->question, held->question_size));
    AUTO(msg_body_free)
    Selenga__QuestionKey *k =
        held->key ? msg_body_unpack(&selenga__question_key__descriptor, slice(held->key, held->key_size))
                  : NULL;
    if (!q) return CLI_DONE;
    if (!k)
        return cli_refuse(_("the key of question %zu is not at this node: it stays where it was made"),
                          number);
    AUTO(xfree) char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) out_of_memory();
    quiz_write(out, q->name, q->text ? q->text : "", k->answers ? k->answers : "", q->ending);
    if (fclose(out) != 0) out_of_memory();
    if (!fits(q, slice(text, size)))
        return cli_refuse(_("question %zu and its key do not belong together"), number);
    write_topic(work, q);
    return fwrite(text, 1, size, stdout) == size ? CLI_DONE : CLI_REFUSED;
}

static int export_questions(work_t *work)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(work->cli, &ask);
    if (r == CLI_DONE) r = check_instrument(work, ask, false);
    if (r == CLI_DONE) r = read_held(ask, work, true);
    for (size_t i = 1; i <= QUIZ_QUESTIONS_MAX && r == CLI_DONE; i++)
        if (work->held[i].question) r = write_question(work, i);
    return r;
}

static int run_export(const cli_t *cli)
{
    if (cli->json)
        return cli_usage(cli, _("questions are written as GIFT; for JSON use: selenga --json list question"));
    work_t *work = xcalloc(1, sizeof *work);
    work->cli = cli;
    work->code = cli->args[0];
    int r = export_questions(work);
    forget(work);
    return r;
}

// ---- table

static const struct argp_option IMPORT_QUESTIONS[] = {
    {"gift", OPTION_GIFT, NULL, 0, N_("the file is GIFT (the default)"), 0},
    {"aiken", OPTION_AIKEN, NULL, 0, N_("the file is Aiken"), 0},
    {"dry-run", OPTION_DRY, NULL, 0, N_("write nothing, tell what would be written"), 0},
    {0},
};

static const verb_t INSTRUMENT_VERBS[] = {
    {
        .name = "import",
        .args = "CODE [FILE]",
        .min_args = 1,
        .max_args = 2,
        .options = IMPORT_QUESTIONS,
        .summary = N_("take in the questions of an instrument: GIFT or Aiken"),
        .text = N_(
            "The whole file is read before anything is written; where a line cannot be read, nothing is. The "
            "first question becomes number 1; what stands behind the last one of the file is deleted. What "
            "is asked goes to all nodes below; what is right stays at this one."),
        .examples = "selenga --node region instrument import T-1 test.gift\n"
                    "selenga --node region instrument import T-2 test.txt --aiken --dry-run\n",
        .run = run_import,
    },
    {
        .name = "export",
        .args = "CODE",
        .min_args = 1,
        .max_args = 1,
        .summary = N_("print questions and keys of an instrument as GIFT, as `import` takes them"),
        .examples = "selenga --node region instrument export T-1 > test.gift\n",
        .run = run_export,
    },
    {
        .name = "release",
        .args = "CODE",
        .min_args = 1,
        .max_args = 1,
        .options = ATTEMPT_RELEASE_OPTIONS,
        .summary = N_(
            "after a campaign: make the keys of an instrument known to the nodes below, so that they mark"),
        .text =
            N_("Attempts at nodes that have no keys wait as finished until then. Whoever has a node's disk "
               "can read released keys: nobody begins with the instrument any more, and there is no way "
               "back."),
        .examples = "selenga --node region instrument release T-1\n",
        .run = attempt_run_release,
    },
    {0},
};

const verb_t QUIZ_SECTION[] = {
    {
        .name = "instrument",
        .verbs = INSTRUMENT_VERBS,
        .summary = N_("questions of tests from GIFT and Aiken, and back"),
    },
    {
        .name = "attempt",
        .verbs = ATTEMPT_VERBS,
        .summary = N_("attempts at tests: annul them, erase answers"),
    },
    {0},
};
