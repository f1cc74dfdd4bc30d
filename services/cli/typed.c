// SPDX-License-Identifier: Apache-2.0
#include "services/cli/typed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/i18n.h"
#include "common/base/shell.h"
#include "common/base/system_error.h"
#include "common/base/text.h"
#include "common/base/util.h"
#include "services/cli/cli.h"

static int read_all(FILE *in, const char *name, unsigned most, char **ret_text)
{
    AUTO(typed_wipe) char *text = xcalloc(1, most + 2UL);
    size_t n = fread(text, 1, most + 1UL, in);
    if (ferror(in)) return cli_refuse("%s: %s", name, system_error(errno));
    if (n > most || strlen(text) != n) return cli_refuse(_("%s is too long, or holds no text"), name);
    *ret_text = text;
    text = NULL;
    return CLI_DONE;
}

int typed_file(const char *name, unsigned most, char **ret_text)
{
    if (strcmp(name, "-") == 0) {
        if (isatty(STDIN_FILENO)) cli_say(_("type or paste it here, then Enter and Ctrl-D:"));
        return read_all(stdin, _("standard input"), most, ret_text);
    }
    FILE *in = fopen(name, "re");
    if (!in) return cli_refuse("%s: %s", name, system_error(errno));
    setvbuf(in, NULL, _IONBF, 0); // no copy of a secret in a buffer that nobody wipes
    int r = read_all(in, name, most, ret_text);
    fclose(in);
    return r;
}

int typed_argument(char *argument, unsigned most, char **ret_text)
{
    if (strcmp(argument, "-") == 0) return typed_file(argument, most, ret_text);
    if (argument[0] == '@') return typed_file(argument + 1, most, ret_text);
    if (strlen(argument) > most) return cli_refuse(_("%s is too long, or holds no text"), _("the argument"));
    AUTO(xfree) char *file = shell_word_of("@", argument, NULL);
    if (access(argument, F_OK) == 0)
        cli_say(_("%s is taken for the text itself; a file's name is written %s"), argument, file);
    *ret_text = xstrdup(argument);
    memset(argument, '*', strlen(argument)); // `ps` shows it for as long as we run
    return CLI_DONE;
}

void typed_wipe(char **text)
{
    if (*text) explicit_bzero(*text, strlen(*text));
    free(*text);
    *text = NULL;
}

bool typed_yes(const char *question)
{
    char answer[16] = "";
    fprintf(stderr, "%s %s ", question, _("[yes/no]"));
    if (!fgets(answer, sizeof answer, stdin)) fputc('\n', stderr);
    answer[strcspn(answer, "\r\n")] = '\0';
    return word_in("y yes Y Yes YES д да Д Да ДА", slice_text(answer));
}
