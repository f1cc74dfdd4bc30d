// SPDX-License-Identifier: Apache-2.0
#include "common/schema/access.h"
#include <string.h>

static const char *const ACTIONS[] = {"read", "write", "delete"};

static const char *const ROLES[] = {"teacher", "coordinator", "methodist", "regional",
                                    "analyst", "operator",    "privacy"}; // in the order of their bits

const access_row_t ACCESS_ROWS[] = {
    {MSG_LOGIN, "log-in", R_ANY | ACCESS_UNKNOWN, ABOUT_NOBODY, {"log-in", "вход"}},
    {MSG_FIRST_ACCOUNT,
     "first-account",
     ACCESS_UNKNOWN,
     ABOUT_NOBODY,
     {"the first account of a node", "первая учётная запись узла"}},
    {MSG_STATUS,
     "status",
     R_ANY | ACCESS_UNKNOWN,
     ABOUT_NOBODY,
     {"state of the programs", "состояние программ"}},
    {MSG_QUEUES, "queues", R_OFFICES | R_OPERATOR | ACCESS_UNKNOWN, ABOUT_NODE, {"queues", "очереди"}},
    {MSG_QUARANTINE_LIST,
     "quarantine",
     R_OFFICES | R_OPERATOR,
     ABOUT_NODE,
     {"list of the quarantine", "список карантина"}},
    {MSG_QUARANTINE_RETRY,
     "quarantine-decide",
     R_OPERATOR,
     ABOUT_NODE,
     {"decisions about the quarantine", "решения о карантине"}},
    {MSG_QUARANTINE_DISCARD,
     "quarantine-decide",
     R_OPERATOR,
     ABOUT_NODE,
     {"decisions about the quarantine", "решения о карантине"}},
    {MSG_QUARANTINE_TAKE,
     "version-take",
     R_OFFICES,
     ABOUT_NODE,
     {"choice between two versions", "выбор из двух версий"}},
    {MSG_INVITE, "keys", R_OPERATOR, ABOUT_NODE, {"invitations and keys", "приглашения и ключи"}},
    {MSG_REVOKE, "keys", R_OPERATOR, ABOUT_NODE, {"invitations and keys", "приглашения и ключи"}},
    {MSG_ADMIT, "keys", R_OPERATOR, ABOUT_NODE, {"invitations and keys", "приглашения и ключи"}},
    {MSG_ROTATE_PSEUDONYMS, "keys", R_OPERATOR, ABOUT_NODE, {"invitations and keys", "приглашения и ключи"}},
    {MSG_ACCOUNT_ACT,
     "accounts",
     R_OPERATOR,
     ABOUT_NODE,
     {"making and locking accounts", "ведение учётных записей"}},
    {MSG_TEACHER_ACCOUNT,
     "teacher-account",
     R_OFFICES,
     ABOUT_ORG,
     {"accounts of teachers", "учётные записи педагогов"}},
    {MSG_AUDIT, "audit", R_OPERATOR | R_PRIVACY, ABOUT_NODE, {"audit log", "журнал аудита"}},
    {MSG_REPORT, "report", R_OFFICES | R_ANALYST, ABOUT_ORG, {"report", "отчёт"}},
    {ACCESS_EXPLAIN,
     "explain",
     R_OFFICES,
     ABOUT_ORG,
     {"explanation of a figure by persons", "объяснение показателя по людям"}},
    {ACCESS_TRY,
     "try-indicator",
     R_ANALYST | R_REGIONAL,
     ABOUT_ORG,
     {"report by a definition that is not written", "отчёт по незаписанному определению"}},
    {MSG_SCREENING,
     "screening",
     R_TEACHER | R_OFFICES,
     ABOUT_NOBODY,
     {"questions of an anonymous screening", "вопросы анонимного скрининга"}},
    {MSG_SCREENING_ANSWER,
     "screening-answer",
     R_TEACHER | R_OFFICES,
     ABOUT_ORG,
     {"answers in an anonymous screening", "ответы в анонимном скрининге"}},
    {MSG_RUN_END, "run-end", R_OFFICES, ABOUT_NOBODY, {"end of an import", "завершение загрузки"}},
    {MSG_ROUTE_PROPOSE, "route-propose", R_OFFICES, ABOUT_ORG, {"proposal of a route", "проект маршрута"}},
    {MSG_ROUTE_CONFIRM,
     "route-confirm",
     R_OFFICES,
     ABOUT_ORG,
     {"agreement to a route", "согласование маршрута"}},
    {MSG_ATTEMPT, "take-test", R_TEACHER, ABOUT_NOBODY, {"one's own attempts", "свои попытки"}},
    {MSG_ATTEMPT_ACT,
     "attempt-act",
     R_OFFICES,
     ABOUT_NODE,
     {"annulment of attempts, erasing of answers, release of keys",
      "аннулирование попыток, уничтожение ответов, раскрытие ключей"}},
};
const size_t N_ACCESS_ROWS = ARRAY_SIZE(ACCESS_ROWS);

const access_row_t *access_row(uint32_t message)
{
    for (size_t i = 0; i < N_ACCESS_ROWS; i++)
        if (ACCESS_ROWS[i].message == message) return &ACCESS_ROWS[i];
    return NULL;
}

const access_row_t *access_row_by_name(const char *name)
{
    for (size_t i = 0; i < N_ACCESS_ROWS; i++)
        if (strcmp(ACCESS_ROWS[i].name, name) == 0) return &ACCESS_ROWS[i];
    return NULL;
}

bool access_is_of_records(uint32_t message)
{
    return message == MSG_PUT || message == MSG_GET || message == MSG_LIST || message == MSG_HISTORY ||
           message == MSG_REVIEWS;
}

const char *access_action_name(access_action_t action)
{
    return ACTIONS[action];
}

unsigned access_roles(const kind_rule_t *kind, access_action_t action)
{
    switch (action) {
    case ACCESS_READ:
        return kind->access.read;
    case ACCESS_WRITE:
        return kind->access.write;
    case ACCESS_DELETE:
        return kind->access.remove;
    case ACCESS_ACTIONS:
        break;
    }
    return 0;
}

unsigned role_by_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(ROLES); i++)
        if (strcmp(ROLES[i], name) == 0) return 1U << i;
    return 0;
}

const char *role_name(unsigned role)
{
    for (size_t i = 0; i < ARRAY_SIZE(ROLES); i++)
        if (role == 1U << i) return ROLES[i];
    return NULL;
}
