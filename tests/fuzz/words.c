// SPDX-License-Identifier: Apache-2.0
// Short texts that people type: ids, paths, dates, numbers, periods, references by natural key.
#include "common/base/date.h"
#include "common/base/text.h"
#include "common/schema/body.h"
#include "services/reporting/period.h"
#include "tests/fuzz/fuzz.h"

static void names(const char *text)
{
    rid_t id;
    path_t path;
    char buf[PATH_TEXT], rid[RID_TEXT];
    if (rid_parse(text, &id)) {
        rid_t again;
        assert(rid_parse(rid_text(&id, rid), &again) && rid_equal(&id, &again));
    }
    if (path_parse(text, &path)) assert(strcmp(path_text(&path, buf), text) == 0 || path.len > 0);
    for (size_t i = 0; i < N_KINDS; i++) ref_from_person(KINDS[i], text, &id);
}

static void days(const char *text)
{
    int32_t day;
    period_t period;
    char buf[DATE_TEXT], name[PERIOD_TEXT_MAX];
    if (date_parse(text, &day)) {
        assert(date_is_valid(day) && strcmp(date_text(day, buf), text) == 0);
        int years = date_full_years(date_add_years(day, -3), day);
        assert(years == 3 || years == 2); // 29 February three years ago was 1 March
    }
    if (!period_parse(text, &period)) return;
    period_text(&period, name);
    assert(strcmp(name, text) == 0);
    assert(period_touches(&period, period.first_day, period.last_day));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    slice_t in = slice(data, size), piece;
    bool done = false;
    AUTO(xfree) char *text = fuzz_text(in);
    int64_t number;
    names(text);
    days(text);
    if (int_parse(text, -100, 100, &number)) assert(number >= -100 && number <= 100);
    if (text_is_clean(in)) assert(utf8_is_valid(in));
    assert(text_trim(in).size <= size);
    while (text_next_piece(&in, ';', &done, &piece)) assert(piece.size <= size);
    return 0;
}
