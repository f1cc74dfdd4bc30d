// SPDX-License-Identifier: Apache-2.0
#include "common/node/console.h"
#include "common/base/i18n.h"
#include "proto/message.h"

static const setting_t ROWS[] = {
    {"listen", SETTING_TEXT, offsetof(console_settings_t, listen), 0, NODE_ENDPOINT_MAX, CONSOLE_LISTEN, "",
     N_("Address and port of this computer on which people reach the console with a browser; port 0: any "
        "free one, "
        "which `node status` names; empty: no console. Where the standard port is in use, any free one is "
        "taken.")},
    {"idle_s", SETTING_INT, offsetof(console_settings_t, idle_s), 1, 3600, "15", "s",
     N_("A browser's connection on which nothing comes for this time is ended")},
    {"request_s", SETTING_INT, offsetof(console_settings_t, request_s), 1, 3600, "30", "s",
     N_("The same where a request and its answer take longer than this")},
};

const settings_table_t CONSOLE_SETTINGS = {"console", ROWS, ARRAY_SIZE(ROWS)};

bool node_runs(const node_conf_t *conf, uint32_t program)
{
    console_settings_t settings;
    why_t why;
    if (program != SERVICE_CONSOLE) return true;
    return node_settings(conf, &CONSOLE_SETTINGS, &settings, sizeof settings, &why) != 0 ||
           settings.listen[0] != '\0';
}
