// SPDX-License-Identifier: Apache-2.0
// See value.h.
#include "common/forms/value.h"
#include "common/base/date.h"
#include "common/base/text.h"
#include "common/forms/fold.h"
#include <stdio.h>
#include <stdlib.h>

enum {
    SERIAL_DIGITS = 5,     // 10000 is a day of 1927: fewer digits are a year or a slip
    SERIAL_EPOCH = -25569, // day 0 of Excel, whose 1900 has a 29 February, from 1 March on
    SERIAL_MIN = 10000,
    SERIAL_MAX = 73050,  // 2099-12-31
    CENTURY_BORDER = 30, // as Excel: 29 is 2029, 30 is 1930
    YEAR_MIN = 1900,     // of days without marks: what is no such year is no day, but a year first
    YEAR_MAX = 2099,
    NUMBER_TEXT = 48,
};

static const char *keep(const char *text, arena_t *arena)
{
    return arena_text(arena, slice_text(text));
}

// --- texts ---------------------------------------------------------------------------------------

static bool is_break(char c)
{
    return c == '\n' || c == '\r' || c == '\t' || c == '\v' || c == '\f';
}

// Line breaks and tabs, with the blanks around them, are one blank.
static const char *join_lines(const char *cell, arena_t *arena)
{
    if (strpbrk(cell, "\n\r\t\v\f") == NULL) return cell;
    char *text = arena_alloc(arena, strlen(cell) + 1);
    if (text == NULL) return NULL;
    size_t n = 0;
    for (; *cell != '\0'; cell++) {
        if (!is_break(*cell)) {
            text[n++] = *cell;
            continue;
        }
        while (n > 0 && text[n - 1] == ' ') n--;
        while (is_break(cell[1]) || cell[1] == ' ') cell++;
        if (n > 0) text[n++] = ' ';
    }
    text[n] = '\0';
    return text;
}

// A dash alone stands for "none".
static bool is_dash(const char *text)
{
    slice_t t = text_trim(slice_text(text));
    static const char *const dashes[] = {"-", "–", "—", "−", "--"};
    for (size_t i = 0; i < ARRAY_SIZE(dashes); i++)
        if (slice_equal(t, slice_text(dashes[i]))) return true;
    return false;
}

// --- days ----------------------------------------------------------------------------------------

bool value_serial(const char *text, int32_t *ret_days)
{
    char *end;
    if (strspn(text, "0123456789") != SERIAL_DIGITS) return false;
    long serial = strtol(text, &end, 10);
    if ((*end == '.' || *end == ',') && end[1] != '\0' && strspn(end + 1, "0123456789") == strlen(end + 1))
        end += strlen(end); // a time of the day
    if (*end != '\0' || serial < SERIAL_MIN || serial > SERIAL_MAX) return false;
    *ret_days = (int32_t)serial + SERIAL_EPOCH;
    return true;
}

// Digits, at most `most` of them; NULL when there are none or more.
static const char *take_number(const char *text, size_t most, int *ret_value, size_t *ret_digits)
{
    size_t n = strspn(text, "0123456789");
    if (n == 0 || n > most) return NULL;
    *ret_value = atoi(text);
    *ret_digits = n;
    return text + n;
}

// A time of midnight or another, as programs append it to a day.
static bool is_time(const char *text)
{
    if (*text == '\0' || strcmp(text, "г") == 0 || strcmp(text, "г.") == 0 || strcmp(text, " г.") == 0)
        return true;
    if (*text != ' ' && *text != 'T') return false;
    return text[1] != '\0' && strspn(text + 1, "0123456789:.Z") == strlen(text + 1) &&
           strchr(text, ':') != NULL;
}

static bool make_day(int year, int month, int day, char buf[static DATE_TEXT])
{
    char iso[NUMBER_TEXT];
    int32_t days;
    snprintf(iso, sizeof iso, "%04d-%02d-%02d", year, month, day);
    if (!date_parse(iso, &days)) return false;
    memcpy(buf, iso, DATE_TEXT);
    return true;
}

// Of two digits.
static int full_year(int year)
{
    return year + (year < CENTURY_BORDER ? 2000 : 1900);
}

// "010924", "01092024": the keypad has no point. Of eight digits 2024 can be no month, so that 20240901, the
// year first, is never taken for a day.
static bool read_day_of_digits(const char *text, char buf[static DATE_TEXT])
{
    size_t n = strspn(text, "0123456789");
    if (text[n] != '\0' || (n != 6 && n != 8)) return false;
    int number = atoi(text), tail = n == 6 ? 100 : 10000;
    int year = n == 6 ? full_year(number % tail) : number % tail;
    if (year < YEAR_MIN || year > YEAR_MAX) return false;
    return make_day(year, number / tail % 100, number / tail / 100, buf);
}

// "1.9.15", "01/09/2015", "01.09.2015 0:00:00"
static bool read_day_first(const char *text, char buf[static DATE_TEXT])
{
    int day, month, year;
    size_t digits;
    text = take_number(text, 2, &day, &digits);
    if (text == NULL || strchr("./-", *text) == NULL || *text == '\0') return false;
    char mark = *text;
    text = take_number(text + 1, 2, &month, &digits);
    if (text == NULL || *text != mark) return false;
    text = take_number(text + 1, 4, &year, &digits);
    if (text == NULL || (digits != 2 && digits != 4) || !is_time(text)) return false;
    return make_day(digits == 2 ? full_year(year) : year, month, day, buf);
}

bool value_day(const char *text, int32_t *ret_days)
{
    char day[NUMBER_TEXT], iso[DATE_TEXT];
    slice_t t = text_trim(slice_text(text));
    if (t.size >= sizeof day) return false;
    memcpy(day, t.data, t.size);
    day[t.size] = '\0';
    if (read_day_first(day, iso) || read_day_of_digits(day, iso)) return date_parse(iso, ret_days);
    if (value_serial(day, ret_days)) return true;
    if (t.size > DATE_TEXT && is_time(day + DATE_TEXT - 1)) day[DATE_TEXT - 1] = '\0';
    return date_parse(day, ret_days);
}

static const char *read_date(const char *cell, arena_t *arena)
{
    char iso[DATE_TEXT];
    int32_t days;
    return value_day(cell, &days) ? keep(date_text(days, iso), arena) : cell;
}

// --- yes, no and words ---------------------------------------------------------------------------

static const char *read_bool(const char *cell)
{
    static const char *const yes[] = {"yes", "да", "+", "1", "true", "истина",
                                      "y",   "д",  "v", "✓", "✔",    "1.0"};
    static const char *const no[] = {"no", "нет", "-", "0", "false", "ложь", "n", "н", "–", "—", "−", "0.0"};
    char text[FOLD_MAX];
    fold(cell, text);
    for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
        if (strcmp(text, yes[i]) == 0) return "yes";
    for (size_t i = 0; i < ARRAY_SIZE(no); i++)
        if (strcmp(text, no[i]) == 0) return "no";
    return cell;
}

static const char *find_word(const field_rule_t *field, const char *text)
{
    char wanted[FOLD_MAX], have[FOLD_MAX];
    fold(text, wanted);
    for (size_t i = 0; i < field->n_words; i++)
        if (strcmp(fold(field->words[i].code, have), wanted) == 0) return field->words[i].code;
    for (size_t i = 0; i < field->n_words; i++) {
        const field_word_t *word = &field->words[i];
        if (strcmp(fold(word->label.ru, have), wanted) == 0 ||
            strcmp(fold(word->label.en, have), wanted) == 0)
            return word->code;
        for (const char *const *alias = word->aliases; alias != NULL && *alias != NULL; alias++)
            if (strcmp(fold(*alias, have), wanted) == 0) return word->code;
    }
    return NULL;
}

static const char *read_word(const field_rule_t *field, const char *cell)
{
    slice_t t = text_trim(slice_text(cell));
    if (field->values != NULL && t.size > 0 && word_in(field->values, t)) return cell;
    const char *code = find_word(field, cell);
    return code != NULL ? code : cell;
}

// Words joined by `;`, as people join them also by commas and line breaks.
static const char *read_set(const field_rule_t *field, const char *cell, arena_t *arena)
{
    if (field->n_words == 0) return cell;
    char *copy = arena_text(arena, slice_text(cell));
    char *text = arena_alloc(arena, 2 * strlen(cell) + FOLD_MAX), *at = NULL;
    if (copy == NULL || text == NULL) return NULL;
    size_t n = 0, room = 2 * strlen(cell) + FOLD_MAX;
    text[0] = '\0';
    for (char *piece = strtok_r(copy, ";,\n", &at); piece != NULL; piece = strtok_r(NULL, ";,\n", &at)) {
        slice_t t = text_trim(slice_text(piece));
        if (t.size == 0) continue;
        char one[FOLD_MAX];
        if (t.size >= sizeof one) return cell; // no word is so long
        snprintf(one, sizeof one, "%.*s", (int)t.size, (const char *)t.data);
        const char *code = read_word(field, one);
        int put = snprintf(text + n, room - n, "%s%s", n > 0 ? ";" : "", code);
        if (put < 0 || (size_t)put >= room - n) return cell;
        n += (size_t)put;
    }
    return text;
}

// --- numbers -------------------------------------------------------------------------------------

// Blanks between digits go, a comma is a point, zeros behind it go as far as they say nothing.
static const char *read_number(const field_rule_t *field, const char *cell, arena_t *arena)
{
    char text[NUMBER_TEXT];
    size_t n = 0, bytes;
    bool point = false;
    for (const char *c = cell; *c != '\0'; c += bytes) {
        uint32_t character = fold_character(c, &bytes);
        if (character == 0x2212) character = '-';
        bool blank = character == ' ' || character == 0xa0 || character == 0x202f || character == 0x2009;
        if (blank) continue;
        if (character >= 0x80 || n + 1 == sizeof text) return cell;
        if (character == ',') character = '.';
        point = point || character == '.';
        text[n++] = (char)character;
    }
    text[n] = '\0';
    if (n == 0 || strspn(text, "-0123456789.") != n) return cell;
    size_t kept = field->type == FIELD_DECIMAL ? 2 : 0;
    const char *dot = strchr(text, '.');
    while (point && dot != NULL && n > 0 && text[n - 1] == '0' && (size_t)(text + n - dot) - 1 > kept) n--;
    if (point && n > 0 && text[n - 1] == '.' && dot == text + n - 1 && n > 1) n--;
    text[n] = '\0';
    return strcmp(text, cell) == 0 ? cell : keep(text, arena);
}

const char *value_read(const field_rule_t *field, const char *cell, arena_t *arena)
{
    const char *text = join_lines(cell, arena);
    if (text == NULL || *text == '\0') return text;
    if (field->type == FIELD_BOOL) return read_bool(text);
    if ((field->flags & F_REQUIRED) == 0 && is_dash(text)) return "";
    switch (field->type) {
    case FIELD_DATE:
        return read_date(text, arena);
    case FIELD_ENUM:
        return read_word(field, text);
    case FIELD_SET:
        return read_set(field, text, arena);
    case FIELD_INT:
    case FIELD_DECIMAL:
        return read_number(field, text, arena);
    case FIELD_TEXT:
    case FIELD_BOOL:
    case FIELD_REF:
    case FIELD_REFS:
    case FIELD_ANY_REF:
    case FIELD_BYTES:
    case FIELD_DIGITS:
        break;
    }
    return text;
}
