// SPDX-License-Identifier: Apache-2.0
// JSON: hostile documents are refused in bounded memory, values are exact, records come out in the promised
// form.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/forms/json.h"
#include "common/schema/fault.h"
#include "proto/record.pb-c.h"
#include "proto/registry.pb-c.h"
#include <cmocka.h>
#include <stdlib.h>

static json_stream_t *stream_of(const char *text, size_t size, FILE **ret_file)
{
    *ret_file = fmemopen((void *)text, size, "r");
    assert_non_null(*ret_file);
    return json_stream_new(*ret_file);
}

// Reads all of it; returns how many objects there are, or -1 with the fault's code.
static int read_all(const char *text, size_t size, fault_t *ret_fault)
{
    FILE *file = NULL;
    AUTO(json_stream_destroy) json_stream_t *stream = stream_of(text, size, &file);
    json_t *json = NULL;
    int n = 0, rc;
    while ((rc = json_stream_next(stream, &json, ret_fault)) == 0) {
        json_decref(json);
        n++;
    }
    if (rc == JSON_E_FAULT) assert_int_equal(json_stream_next(stream, &json, NULL), JSON_E_END);
    fclose(file);
    return rc == JSON_E_END ? n : -1;
}

static void assert_stream_refused(const char *text, size_t size, const char *code)
{
    fault_t fault = {0};
    if (read_all(text, size, &fault) != -1) fail_msg("taken: %.60s", text);
    assert_string_equal(fault.code, code);
}
#define REFUSED(text, code) assert_stream_refused(text, sizeof(text) - 1, code)

static void ten_thousand_nested_levels_are_refused(void **state)
{
    (void)state;
    char text[10001];
    memset(text, '[', 10000);
    text[0] = '{';
    assert_stream_refused(text, 10000, "JSON-DEPTH");
    memset(text, '[', 10000);
    assert_stream_refused(text, 10000, "JSON-SHAPE");
    memset(text, '{', 10000);
    assert_stream_refused(text, 10000, "JSON-DEPTH");
}

static void one_record_without_measure_is_refused(void **state)
{
    (void)state;
    enum { SIZE = 1024 * 1024 };
    AUTO(xfree) char *text = xmalloc(SIZE);
    memset(text, 'x', SIZE);
    memcpy(text, "{\"name\":\"", 9);
    assert_stream_refused(text, SIZE, "JSON-SIZE");
    memset(text, ' ', SIZE);
    text[0] = '{';
    assert_stream_refused(text, SIZE, "JSON-SIZE");
}

static void what_is_no_object_or_array_of_objects_is_refused(void **state)
{
    (void)state;
    REFUSED(" ", "JSON-SHAPE");
    REFUSED("42", "JSON-SHAPE");
    REFUSED("\"text\"", "JSON-SHAPE");
    REFUSED("[1]", "JSON-SHAPE");
    REFUSED("[{},[]]", "JSON-SHAPE");
    REFUSED("{} {}", "JSON-SHAPE");
    REFUSED("[{}] x", "JSON-SHAPE");
    REFUSED("[{},]", "JSON-SHAPE");
}

static void syntax_is_strict_and_the_line_is_told(void **state)
{
    (void)state;
    REFUSED("[{}", "JSON-SYNTAX");
    REFUSED("[{} {}]", "JSON-SYNTAX");
    REFUSED("{\"a\":1", "JSON-SYNTAX");
    REFUSED("{\"a\":1,\"a\":2}", "JSON-SYNTAX");
    REFUSED("{'a':1}", "JSON-SYNTAX");
    REFUSED("{\"a\":NaN}", "JSON-SYNTAX");
    REFUSED("{\"a\":\"\xff\"}", "JSON-SYNTAX");
    REFUSED("{\"a\":\"\\u0000\"}", "JSON-SYNTAX");
    REFUSED("{]}", "JSON-SYNTAX");
    fault_t fault;
    static const char text[] = "[\n {\"a\":1},\n {\"a\":\n  oops}\n]";
    assert_int_equal(read_all(text, sizeof text - 1, &fault), -1);
    assert_string_equal(fault.args[0], "4");
}

static void objects_come_one_by_one(void **state)
{
    (void)state;
    static const char *const texts[] = {"{}", " [ ] ", "[{}]",
                                        "\xef\xbb\xbf[{\"a\":\"]}\\\"{\"},\n{\"b\":[{}]}]\n"};
    static const int counts[] = {1, 0, 1, 2};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        assert_int_equal(read_all(texts[i], strlen(texts[i]), NULL), counts[i]);
}

// --- bodies --------------------------------------------------------------------------------------

static void assert_body_refused(const kind_rule_t *kind, const char *text, const char *code,
                                const char *field)
{
    fault_t fault = {0};
    Selenga__Item *item = NULL;
    AUTO(arena_destroy) arena_t *arena = arena_new(JSON_RECORD_MAX);
    json_auto_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    if (item_from_json(kind, json, arena, &item, &fault) == 0) fail_msg("taken: %s", text);
    assert_string_equal(fault.code, code);
    assert_string_equal(fault.field, field);
    if (!fault_is_known(code)) fail_msg("%s is not in the table of faults", code);
}

static void bodies_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    assert_body_refused(&KIND_TEAM, "[]", "JSON-SHAPE", "");
    assert_body_refused(&KIND_TEAM, "{\"moon\":1}", "UNKNOWN-FIELD", "");
    assert_body_refused(&KIND_TEAM, "{\"code\":1,\"org\":\"X\"}", "BAD-TYPE", "code");
    assert_body_refused(&KIND_TEAM, "{\"code\":{},\"org\":\"X\"}", "BAD-TYPE", "code");
    assert_body_refused(&KIND_TEAM, "{\"code\":null,\"org\":\"X\"}", "REQUIRED", "code");
    assert_body_refused(&KIND_TEAM, "{\"org\":\"X\"}", "REQUIRED", "code");
    assert_body_refused(&KIND_TEAM, "{\"body\":[]}", "JSON-SHAPE", "body");
    assert_body_refused(&KIND_TEAM, "{\"body\":{\"code\":\"T\"},\"moon\":1}", "UNKNOWN-FIELD", "");
    assert_body_refused(&KIND_TEAM, "{\"kind\":\"event\",\"body\":{\"code\":\"T\"}}", "BAD-VALUE", "kind");
    assert_body_refused(&KIND_TEAM, "{\"deleted\":true,\"body\":{\"code\":\"T\"}}", "BAD-VALUE", "deleted");
    assert_body_refused(&KIND_TEAM, "{\"id\":\"T\",\"body\":{\"code\":\"T\"}}", "BAD-ID", "id");
    assert_body_refused(&KIND_TEAM, "{\"id\":\"0190a1b2c3d47e5f8a6b0c1d2e3f4051\",\"body\":{\"code\":\"T\"}}",
                        "ID-NOT-KEY", "id");
    assert_body_refused(&KIND_EVENT, "{\"code\":\"E\",\"young_school\":\"yes\"}", "BAD-TYPE", "young_school");
    assert_body_refused(&KIND_EVENT, "{\"code\":\"E\",\"starts_on\":20240901}", "BAD-TYPE", "starts_on");
    assert_body_refused(&KIND_EVENT, "{\"code\":\"E\",\"starts_on\":\"1.9.24\"}", "BAD-DATE", "starts_on");
    assert_body_refused(&KIND_PROGRAMME, "{\"code\":\"E\",\"hours\":1.5}", "BAD-TYPE", "hours");
    assert_body_refused(&KIND_PROGRAMME, "{\"code\":\"E\",\"hours\":\"72\"}", "BAD-TYPE", "hours");
    assert_body_refused(&KIND_PROGRAMME, "{\"code\":\"E\",\"hours\":0}", "RANGE", "hours");
    assert_body_refused(&KIND_RESULT, "{\"score\":0.125}", "BAD-NUMBER", "score");
    assert_body_refused(&KIND_RESULT, "{\"score\":1e300}", "BAD-NUMBER", "score");
    assert_body_refused(&KIND_RESULT, "{\"score\":9223372036854775807}", "RANGE", "score");
    assert_body_refused(&KIND_PERSON, "{\"org\":\"X\",\"number\":\"1\",\"pseudonym\":\"00\"}",
                        "DERIVED-FIELD", "pseudonym");
}

static Selenga__Item *an_item(const kind_rule_t *kind, const char *text, arena_t *arena)
{
    fault_t fault;
    char why[FAULT_TEXT];
    Selenga__Item *item = NULL;
    json_auto_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    if (item_from_json(kind, json, arena, &item, &fault) != 0)
        fail_msg("%s", fault_text(&fault, why, sizeof why));
    return item;
}

static void null_clears_and_what_is_absent_stays(void **state)
{
    (void)state;
    AUTO(arena_destroy) arena_t *arena = arena_new(JSON_RECORD_MAX);
    Selenga__Item *item = an_item(&KIND_EVENT, "{\"code\":\"E\",\"ends_on\":null}", arena);
    Selenga__Event *e = selenga__event__unpack(arena_allocator(arena), item->body.len, item->body.data);
    assert_int_equal(item->n_set, 2);
    assert_int_equal(item->set[0], 1);
    assert_int_equal(item->set[1], 6);
    assert_false(e->has_ends_on);
    assert_string_equal(e->code, "E");
}

static void what_get_printed_can_be_put_again(void **state)
{
    (void)state;
    AUTO(arena_destroy) arena_t *arena = arena_new(JSON_RECORD_MAX);
    Selenga__Item *item = an_item(&KIND_PERSON,
                                  "{\"kind\":\"person\",\"version\":\"1.2.3\",\"deleted\":false,"
                                  "\"body\":{\"org\":\"X\",\"number\":\"1\",\"pseudonym\":\"00\"}}",
                                  arena);
    assert_int_equal(item->n_set, 2); // the pseudonym is computed: neither given nor cleared
}

// The body of text, as JSON in one line.
static void assert_prints(const kind_rule_t *kind, const char *text, const char *expected)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(JSON_RECORD_MAX);
    Selenga__Item *item = an_item(kind, text, arena);
    body_t *body = NULL;
    assert_int_equal(body_unpack(kind, slice(item->body.data, item->body.len), arena, &body, NULL), 0);
    json_auto_t *json = body_to_json(kind, body);
    AUTO(xfree) char *printed = json_dumps(json, JSON_EXACT | JSON_COMPACT);
    assert_string_equal(printed, expected);
}

static void values_print_as_they_were_given(void **state)
{
    (void)state;
    assert_prints(&KIND_RESULT,
                  "{\"campaign\":\"C\",\"person\":\"X:1\",\"competency\":\"M\",\"score\":0.1,\"max\":20,"
                  "\"taken_on\":\"2024-03-10\"}",
                  "{\"campaign\":\"C\",\"person\":\"X:1\",\"competency\":\"M\",\"score\":0.1,\"max\":20,"
                  "\"taken_on\":\"2024-03-10\"}");
    assert_prints(&KIND_EVENT, "{\"code\":\"E\",\"title\":\"Школа \\\"молодых\\\"\",\"young_school\":true}",
                  "{\"code\":\"E\",\"title\":\"Школа \\\"молодых\\\"\",\"young_school\":true}");
    assert_prints(&KIND_EMPLOYMENT, "{\"org\":\"X\",\"number\":\"1\",\"rate\":1.0,\"external\":false}",
                  "{\"org\":\"X\",\"number\":\"1\",\"rate\":1,\"external\":false}");
}

static void every_hundredth_prints_back(void **state)
{
    (void)state;
    char text[64], number[32];
    for (int64_t h = 0; h <= 100000000; h += h < 20000 ? 1 : 104729) {
        json_auto_t *json = NULL;
        AUTO(arena_destroy) arena_t *arena = arena_new(4096);
        body_t *body = NULL;
        uint32_t set[8];
        size_t n;
        snprintf(text, sizeof text, "{\"score\":%s}", decimal_text(h, number));
        json = json_loads(text, 0, NULL);
        assert_int_equal(body_from_json(&KIND_RESULT, json, arena, &body, set, &n, NULL), 0);
        json_auto_t *again = body_to_json(&KIND_RESULT, body);
        AUTO(xfree) char *printed = json_dumps(again, JSON_EXACT | JSON_COMPACT);
        assert_string_equal(printed, text);
    }
}

// --- records -------------------------------------------------------------------------------------

static void a_damaged_record_is_refused(void **state)
{
    (void)state;
    fault_t fault;
    json_t *json = NULL;
    assert_int_equal(record_to_json((slice_t){0}, &json, &fault), JSON_E_FAULT);
    assert_int_equal(record_to_json(slice_text("garbage"), &json, &fault), JSON_E_FAULT);
    assert_string_equal(fault.code, "MALFORMED");
    assert_null(json);
}

static void assert_record_prints(const Selenga__Record *r, const char *expected)
{
    uint8_t bytes[512];
    json_t *json = NULL;
    size_t n = selenga__record__pack(r, bytes);
    assert_int_equal(record_to_json(slice(bytes, n), &json, NULL), 0);
    AUTO(xfree) char *printed = json_dumps(json, JSON_EXACT | JSON_COMPACT);
    json_decref(json);
    assert_string_equal(printed, expected);
}

static void a_record_prints_in_the_promised_form(void **state)
{
    (void)state;
    Selenga__Record r = SELENGA__RECORD__INIT;
    r.has_id = r.has_kind = r.has_home = r.has_inc = r.has_seq = r.has_boot = r.has_body = 1;
    r.id = (ProtobufCBinaryData){16, (uint8_t *)"0123456789abcdef"};
    r.kind = KIND_TEAM.number;
    r.home = (ProtobufCBinaryData){8, (uint8_t *)"\xa1\xb2\xc3\xd4\x11\x22\x33\x44"};
    r.inc = 3;
    r.seq = 1042;
    r.boot = 0x9f3a;
    r.org = "X";
    r.body = (ProtobufCBinaryData){6, (uint8_t *)"\x0a\x01T\x12\x01X"};
    assert_record_prints(
        &r,
        "{\"id\":\"30313233-3435-3637-3839-616263646566\",\"kind\":\"team\",\"home\":\"a1b2c3d4.11223344\","
        "\"version\":\"3.1042.0000000000009f3a\",\"org\":\"X\",\"deleted\":false,"
        "\"body\":{\"code\":\"T\",\"org\":\"X\"}}");
    r.kind = 999; // of a newer program
    r.home.len = 4;
    assert_record_prints(
        &r, "{\"id\":\"30313233-3435-3637-3839-616263646566\",\"kind\":999,\"home\":\"a1b2c3d4\","
            "\"version\":\"3.1042.0000000000009f3a\",\"org\":\"X\",\"deleted\":false,"
            "\"body\":\"0a0154120158\"}");
}

static void the_row_of_each_kind_is_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_KINDS; i++) {
        json_auto_t *json = kind_to_json(KINDS[i]);
        assert_int_equal(json_array_size(json_object_get(json, "fields")), KINDS[i]->n_fields);
        assert_true(json_string_length(json_object_get(json, "writers")) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_nested_levels_are_refused),
        cmocka_unit_test(one_record_without_measure_is_refused),
        cmocka_unit_test(what_is_no_object_or_array_of_objects_is_refused),
        cmocka_unit_test(syntax_is_strict_and_the_line_is_told),
        cmocka_unit_test(objects_come_one_by_one),
        cmocka_unit_test(bodies_that_do_not_fit_are_refused),
        cmocka_unit_test(null_clears_and_what_is_absent_stays),
        cmocka_unit_test(what_get_printed_can_be_put_again),
        cmocka_unit_test(values_print_as_they_were_given),
        cmocka_unit_test(every_hundredth_prints_back),
        cmocka_unit_test(a_damaged_record_is_refused),
        cmocka_unit_test(a_record_prints_in_the_promised_form),
        cmocka_unit_test(the_row_of_each_kind_is_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
