// SPDX-License-Identifier: Apache-2.0
#include "common/forms/rule.h"
#include "common/base/i18n.h"
#include "common/base/util.h"
#include <stdio.h>
#include <stdlib.h>

void rule_words_take(rule_words_t *words, const Selenga__ReportReply *reply)
{
    for (size_t i = 0; i < reply->n_flags; i++)
        if (reply->flags[i]->flag != 0 && reply->flags[i]->text != NULL) {
            char **word = &words->of[__builtin_ctz(reply->flags[i]->flag)];
            free(*word);
            *word = xstrdup(_(reply->flags[i]->text));
        }
}

void rule_words_free(rule_words_t *words)
{
    for (size_t i = 0; i < RULE_FLAGS; i++) free(words->of[i]);
    *words = (rule_words_t){0};
}

static void put_flags(const rule_words_t *words, FILE *out, uint32_t flags, bool without, bool *first)
{
    for (; flags != 0; flags &= flags - 1) {
        const char *word = words->of[__builtin_ctz(flags)];
        if (!*first) fprintf(out, " %s ", _("and"));
        fprintf(out, "%s«%s»", without ? _("not ") : "", word != NULL ? word : "?");
        *first = false;
    }
}

char *rule_text(const rule_words_t *words, const Selenga__Explained *person)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    fputs(person->denominator > 0 ? _("is counted if: ") : _("belongs here if: "), out);
    for (size_t i = 0; i < person->n_ways; i++) {
        bool first = true;
        if (i > 0) fprintf(out, "; %s ", _("or"));
        put_flags(words, out, person->ways[i]->lacks, false, &first);
        put_flags(words, out, person->ways[i]->excess, true, &first);
    }
    fclose(out);
    return text;
}
