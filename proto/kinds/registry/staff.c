// SPDX-License-Identifier: Apache-2.0
// See staff.proto.
#include "proto/checks.h"
#include "proto/fault_at.h"
#include "proto/registry.pb-c.h"
#include <stdbool.h>
#include <string.h>

enum { PSEUDONYM = 16, MARK = 8, SNILS = 11, SNILS_NUMBER = 9 }; // bytes

// The last two digits are those of the sum of the first nine, each by its place from the right; numbers up to
// 001-001-998 were given without them.
static bool snils_checks(const char *digits)
{
    int sum = 0;
    if (memcmp(digits, "001001998", SNILS_NUMBER) <= 0) return true;
    for (int i = 0; i < SNILS_NUMBER; i++) sum += (digits[i] - '0') * (SNILS_NUMBER - i);
    sum = sum % 101 % 100;
    return digits[SNILS_NUMBER] - '0' == sum / 10 && digits[SNILS_NUMBER + 1] - '0' == sum % 10;
}

const char *check_identity(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Identity *i = (const Selenga__Identity *)body;
    if (i->snils == NULL || strlen(i->snils) != SNILS) return NULL; // of the wrong form, which its rule says
    if (strspn(i->snils, (char[]){i->snils[0], '\0'}) == SNILS ||
        memcmp(i->snils, "000000000", SNILS_NUMBER) == 0)
        return fault_at("snils", "SNILS-PLACEHOLDER", ret_field);
    return snils_checks(i->snils) ? NULL : fault_at("snils", "SNILS-CHECK", ret_field);
}

const char *check_person(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Person *p = (const Selenga__Person *)body;
    if (p->has_pseudonym && p->pseudonym.len != PSEUDONYM)
        return fault_at("pseudonym", "BAD-PSEUDONYM", ret_field);
    if (p->has_key && (p->key.len != MARK || p->provisional))
        return fault_at("key", "BAD-PSEUDONYM", ret_field);
    return NULL;
}
