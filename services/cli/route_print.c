// SPDX-License-Identifier: Apache-2.0
// The printed route: `route print`.
#include "services/cli/route_print.h"

#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/i18n.h"
#include "common/base/system_error.h"
#include "common/base/util.h"
#include "common/print/iom.h"
#include "proto/kinds.h"
#include "services/cli/ask.h"
#include "services/cli/listing.h"
#include "services/cli/named.h"

typedef struct printing {
    ask_t *ask;
    iom_t *iom;
} printing_t;

static int take(slice_t wire, const Selenga__Record *record, void *context)
{
    printing_t *printing = context;
    (void)record;
    iom_take(printing->iom, wire);
    return CLI_DONE;
}

static int source(void *context, const Selenga__List *asked, iom_t *iom)
{
    printing_t *printing = context;
    Selenga__List request = *asked;
    (void)iom; // the same
    return ask_each(printing->ask, &request, 0, take, NULL, printing);
}

static int write_file(const char *path, const iom_t *iom)
{
    size_t size;
    AUTO(xfree) uint8_t *bytes = iom_pdf(iom, wall_day(), &size);
    if (bytes == NULL)
        return cli_refuse("%s", _("The paper could not be made; is there a font with Cyrillic letters?"));
    int rc = file_replace(path, slice(bytes, size), 0600);
    if (rc < 0) return cli_refuse(_("%s cannot be written: %s"), path, system_error(-rc));
    return CLI_DONE;
}

int route_print(const cli_t *cli, const char *path)
{
    rid_t id;
    if (path == NULL || *path == '\0') return cli_usage(cli, _("where to? Give --pdf FILE"));
    int r = named_record(&KIND_ROUTE, cli->args[0], &id);
    if (r != CLI_DONE) return r;
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(iom_destroy) iom_t *iom = iom_new();
    r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    printing_t printing = {ask, iom};
    r = iom_gather(iom, &id, source, &printing);
    if (r == IOM_NONE) return cli_refuse(_("%s is not there"), cli->args[0]);
    return r == CLI_DONE ? write_file(path, iom) : r;
}
