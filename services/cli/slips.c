// SPDX-License-Identifier: Apache-2.0
#include "services/cli/slips.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/forms/slips.h"
#include "common/node/msg.h"
#include "services/cli/ask.h"
#include "services/cli/output.h"

// Where people log in; "" where the node has no console or it gives no answer.
static void find_console(ask_t *ask, char ret_where[static SLIP_WHERE])
{
    AUTO(msg_body_free) Selenga__Status *status = NULL;
    AUTO(xfree) char *why = NULL;
    ret_where[0] = '\0';
    int r = ask_quietly(ask, SERVICE_CONSOLE, MSG_STATUS, NULL, MSG_STATUS_REPLY,
                        &selenga__status__descriptor, &status, ASK_SHORT_MS, &why);
    const char *host = r == CLI_DONE && status->url != NULL ? strstr(status->url, "://") : NULL;
    if (host != NULL) slip_where(strncmp(status->url, "https", 5) == 0, host + strlen("://"), ret_where);
}

static void print_slip(const char *name, const char *where, const Selenga__AccountReply *reply)
{
    puts("- - - - - - - - - - - - - - - - - - - - - - - - - - - - - -");
    printf("%s\n", name);
    if (*where != '\0') printf("%s\n", where);
    printf("%s: %s\n%s: %s\n%s\n", _("Name"), reply->name, _("One-time password"), reply->password,
           slip_foot());
}

// reply NULL: there is no slip, and why.
static void add_json(output_array_t *array, const char *ref, const char *name,
                     const Selenga__AccountReply *reply, const char *why)
{
    json_t *json = json_object();
    json_object_set_new(json, "person", output_text(ref));
    json_object_set_new(json, "person_name", output_text(name));
    json_object_set_new(json, "name", output_text(reply ? reply->name : NULL));
    json_object_set_new(json, "password", output_text(reply ? reply->password : NULL));
    json_object_set_new(json, "refused", output_text(why));
    output_array_add(array, &json);
}

// One after the other, so that the registry serves others between them. *ret_worst: of those refused.
static void make_one(const cli_t *cli, ask_t *ask, const char *ref, const char *name, const char *where,
                     output_array_t *array, int *ret_worst)
{
    Selenga__TeacherAccount wish = SELENGA__TEACHER_ACCOUNT__INIT;
    AUTO(msg_body_free) Selenga__AccountReply *reply = NULL;
    AUTO(xfree) char *why = NULL;
    wish.person = (char *)(uintptr_t)ref;
    int r = ask_quietly(ask, SERVICE_REGISTRY, MSG_TEACHER_ACCOUNT, &wish, MSG_ACCOUNT_REPLY,
                        &selenga__account_reply__descriptor, &reply, ASK_TIMEOUT_MS, &why);
    bool made = r == CLI_DONE && reply->name != NULL && reply->password != NULL;
    if (r == CLI_DONE && !made) r = CLI_REFUSED;
    if (r > *ret_worst) *ret_worst = r;
    if (!made) cli_say("%s: %s", name, why != NULL ? why : _("The node refuses this"));
    if (cli->json)
        add_json(array, ref, name, made ? reply : NULL, why);
    else if (made)
        print_slip(name, where, reply);
    if (made) sodium_memzero(reply->password, strlen(reply->password));
}

static int choose(const cli_t *cli, slip_choice_t *choice)
{
    for (size_t i = 0; i < cli->n_args; i++)
        if (slip_choose(choice, cli->args[i]) != SLIP_CHOSEN)
            return cli_usage(cli, _("'%s' is not of the form ORG:NUMBER, as on the staff list"),
                             cli->args[i]);
    return CLI_DONE;
}

int slips_run(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(msg_body_free) Selenga__Records *people = NULL;
    slip_choice_t choice = {.n = 0};
    Selenga__List list;
    char where[SLIP_WHERE];
    int worst = CLI_DONE, r = choose(cli, &choice);
    if (r == CLI_DONE) r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    slip_names_wish(&choice, &list);
    r = ask_call(ask, SERVICE_REGISTRY, MSG_LIST, &list, MSG_RECORDS, &selenga__records__descriptor, &people,
                 ASK_TIMEOUT_MS);
    if (r != CLI_DONE) return r;
    find_console(ask, where);
    AUTO(xfree) slip_person_t *buf = xcalloc(1, sizeof *buf);
    output_array_t array = {0};
    if (cli->json) output_array_begin(&array);
    for (size_t i = 0; i < choice.n; i++)
        make_one(cli, ask, choice.refs[i], slip_name(people, choice.refs[i], buf), where, &array, &worst);
    if (cli->json) output_array_end(&array);
    return worst;
}
