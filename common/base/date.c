// SPDX-License-Identifier: Apache-2.0
// See date.h. Conversions count in eras of 400 years with March as the first month, so that the odd day comes
// last.
#include "common/base/date.h"
#include <time.h>

enum { ERA_DAYS = 146097, EPOCH_DAY = 719468 }; // days of 400 years; from 0000-03-01 to 1970-01-01

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

int32_t date_days(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int of_era = y - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_DAY;
}

civil_t date_civil(int32_t days)
{
    int64_t z = (int64_t)days + EPOCH_DAY;
    int64_t era = (z >= 0 ? z : z - (ERA_DAYS - 1)) / ERA_DAYS;
    int of_era = (int)(z - era * ERA_DAYS);
    int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (5 * of_year + 2) / 153;
    civil_t c = {.day = of_year - (153 * month + 2) / 5 + 1, .month = month < 10 ? month + 3 : month - 9};
    c.year = (int)(year + era * 400) + (c.month <= 2);
    return c;
}

static bool digits(const char *text, int n, int *ret_value)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        value = value * 10 + (text[i] - '0');
    }
    *ret_value = value;
    return true;
}

bool date_parse(const char *text, int32_t *ret_days)
{
    int year, month, day;
    if (!digits(text, 4, &year) || text[4] != '-' || !digits(text + 5, 2, &month) || text[7] != '-' ||
        !digits(text + 8, 2, &day) || text[10] != '\0')
        return false;
    if (year < DATE_YEAR_MIN || year > DATE_YEAR_MAX || month < 1 || month > 12 || day < 1 ||
        day > month_days(year, month))
        return false;
    *ret_days = date_days(year, month, day);
    return true;
}

const char *moment_text(int64_t unix_s, char *buf)
{
    time_t at = (time_t)unix_s;
    struct tm utc;
    bool good = gmtime_r(&at, &utc) && strftime(buf, MOMENT_TEXT, "%Y-%m-%dT%H:%M:%SZ", &utc) > 0;
    if (!good) buf[0] = '\0';
    return buf;
}

bool date_is_valid(int32_t days)
{
    return days >= date_days(DATE_YEAR_MIN, 1, 1) && days <= date_days(DATE_YEAR_MAX, 12, 31);
}

static char *put_digits(char *to, int number, int n) // the last n of them
{
    for (int i = n; i-- > 0; number /= 10) to[i] = (char)('0' + number % 10);
    return to + n;
}

const char *date_text(int32_t days, char *buf)
{
    if (!date_is_valid(days)) return "?";
    civil_t c = date_civil(days);
    char *at = put_digits(buf, c.year, 4);
    *at++ = '-';
    at = put_digits(at, c.month, 2);
    *at++ = '-';
    *put_digits(at, c.day, 2) = '\0';
    return buf;
}

int32_t date_add_years(int32_t days, int years)
{
    civil_t c = date_civil(days);
    if (c.month == 2 && c.day == 29 && !is_leap(c.year + years)) return date_days(c.year + years, 3, 1);
    return date_days(c.year + years, c.month, c.day);
}

int date_full_years(int32_t from, int32_t at)
{
    int years = date_civil(at).year - date_civil(from).year;
    return date_add_years(from, years) > at ? years - 1 : years;
}
