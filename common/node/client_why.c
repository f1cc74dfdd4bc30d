// SPDX-License-Identifier: Apache-2.0
// Why a request was not obeyed, in words.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/shell.h"
#include "common/base/system_error.h"
#include "common/node/client.h"
#include "common/schema/services.h"

static const char *name_of(uint32_t service)
{
    const char *name = service_name(service);
    return name ? name : "?";
}

const char *client_why_text(const client_why_t *why, const char *dir, lang_t lang, char *buf, size_t size)
{
    AUTO(xfree) char *word = shell_word(dir);
    switch (why->cause) {
    case CLIENT_SAID:
        return fault_text_in(&why->fault, lang, buf, size);
    case CLIENT_NO_NODE:
        snprintf(buf, size, i18n_in(lang, "there is no node in %s; make one: selenga node init --help"),
                 word);
        break;
    case CLIENT_NOT_RUNNING:
        snprintf(buf, size, i18n_in(lang, "the node in %s is not running; start it: selenga node run %s"),
                 word, word);
        break;
    case CLIENT_SILENT:
        snprintf(buf, size, i18n_in(lang, "%s does not answer; see: selenga node status"),
                 name_of(why->service));
        break;
    case CLIENT_FULL:
        snprintf(buf, size, "%s", i18n_in(lang, "too many requests are under way; try again"));
        break;
    case CLIENT_TOO_MUCH:
        snprintf(buf, size, "%s", i18n_in(lang, "too much for one message"));
        break;
    case CLIENT_UNREADABLE:
        snprintf(buf, size,
                 i18n_in(lang, "%s gave an answer that cannot be read; are all programs of one version?"),
                 name_of(why->service));
        break;
    case CLIENT_BAD_RECORD:
        snprintf(buf, size, "%s", i18n_in(lang, "the node sent a record that cannot be read"));
        break;
    case CLIENT_BAD_MARK:
        snprintf(buf, size, "%s", i18n_in(lang, "the node sent a page mark that cannot be read"));
        break;
    case CLIENT_CHANGES:
        snprintf(buf, size, "%s",
                 i18n_in(lang, "the figures change faster than the report can be read; try again later"));
        break;
    case CLIENT_SYSTEM:
        if (why->error == EACCES) {
            snprintf(
                buf, size,
                i18n_in(lang,
                        "this user may not use the node in %s; give the command as the user who runs it"),
                dir);
            break;
        }
        snprintf(buf, size, "%s: %s", dir, system_error(why->error));
        break;
    }
    return buf;
}
