// SPDX-License-Identifier: Apache-2.0
#include "services/cli/named.h"

#include "common/forms/refs.h"

int named_kind(const char *name, const kind_rule_t **ret_kind)
{
    why_t why;
    return refs_kind(name, i18n_now(), ret_kind, &why) == 0 ? CLI_DONE : cli_refuse("%s", why.text);
}

int named_record(const kind_rule_t *kind, const char *text, rid_t *ret_id)
{
    why_t why;
    return refs_record(kind, text, i18n_now(), ret_id, &why) == 0 ? CLI_DONE : cli_refuse("%s", why.text);
}
