// SPDX-License-Identifier: Apache-2.0
// See services.h.
#include "common/schema/services.h"
#include <string.h>

static const char CALLERS[] = "cli";

#define ROW(number, NAME, name) {SERVICE_##NAME, #name, "selenga-" #name, true},
const service_row_t PROGRAMS[PROGRAMS_N] = {
    {SERVICE_GATE, "gate", "selenga-gate", false},
    SERVICES_EACH(ROW){SERVICE_CONSOLE, "console", "selenga-console", false}};

const service_row_t *program_by_number(uint32_t number)
{
    for (size_t i = 0; i < PROGRAMS_N; i++)
        if (PROGRAMS[i].number == number) return &PROGRAMS[i];
    return NULL;
}

const service_row_t *program_by_name(const char *name)
{
    for (size_t i = 0; i < PROGRAMS_N; i++)
        if (strcmp(PROGRAMS[i].name, name) == 0) return &PROGRAMS[i];
    return NULL;
}

const char *service_name(uint32_t service)
{
    const service_row_t *row = program_by_number(service);
    return row != NULL ? row->name : service == SERVICE_CLI ? CALLERS : NULL;
}

int service_by_name(const char *name)
{
    const service_row_t *row = program_by_name(name);
    if (row != NULL) return (int)row->number;
    return strcmp(name, CALLERS) == 0 ? SERVICE_CLI : -1;
}
