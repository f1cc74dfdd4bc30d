// SPDX-License-Identifier: Apache-2.0
#include "services/cli/named.h"

#include <stdio.h>

#include "common/base/i18n.h"
#include "common/base/nearest.h"
#include "common/base/util.h"
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

static int no_sheet(const char *name)
{
    nearest_t nearest = nearest_to(name);
    char *all = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&all, &size);
    for (size_t i = 0; sheet_name(i); i++) {
        nearest_offer(&nearest, sheet_name(i));
        fprintf(out, " %s", sheet_name(i));
    }
    fclose(out);
    AUTO(xfree) char *owned = all;
    if (nearest.best) return cli_refuse(_("there is no sheet '%s'; did you mean '%s'?"), name, nearest.best);
    return cli_refuse(_("there is no sheet '%s'; there are:%s"), name, owned);
}

int named_sheet(const char *name, sheet_t **ret_sheet)
{
    return sheet_open(name, ret_sheet, NULL) == 0 ? CLI_DONE : no_sheet(name);
}
