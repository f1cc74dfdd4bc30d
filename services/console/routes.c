// SPDX-License-Identifier: Apache-2.0
// Every address that there is, and who may have it.
#include "services/console/pages.h"
#include "services/console/router.h"

enum {
    ANYBODY = 0,
    EXCHANGE = R_OFFICES | R_OPERATOR,
    FIGURES = R_OFFICES | R_ANALYST,
    PEOPLE = R_TEACHER | R_OFFICES | R_PRIVACY,
    BOTH = ROUTE_GET | ROUTE_POST
};

// Of records the services judge each request by its kind (common/schema/access.h), and pages ask them in the
// name of the account.
const route_t ROUTES[] = {
    {ROUTE_GET, "/", R_ANY, page_home, false, false},
    {ROUTE_GET, "/metrics", ANYBODY, page_metrics, false, true},
    {ROUTE_GET, "/assets/*", ANYBODY, page_asset, false, true},
    {BOTH, "/login", ANYBODY, page_login, false, false},
    {BOTH, "/first", ANYBODY, page_first, false, false},
    {BOTH, "/recover", ANYBODY, page_recover, false, false},
    {ROUTE_GET, "/reach", ANYBODY, page_reach, false, false},
    {ROUTE_POST, "/logout", R_ANY, page_logout, false, true},
    {ROUTE_POST, "/language", R_ANY, page_language, false, true},
    {ROUTE_GET, "/help", R_ANY, page_help, false, false},
    {ROUTE_GET, "/search", R_ANY, page_search, false, false},
    {ROUTE_GET, "/k", R_ANY, page_kinds, false, false},
    {ROUTE_GET, "/k/*", R_ANY, page_list, false, false},
    {ROUTE_GET, "/k/*/export.csv", R_ANY, page_export, false, true},
    {ROUTE_GET, "/k/*/export.xlsx", R_ANY, page_export, false, true},
    {BOTH, "/k/*/new", R_ANY, page_new, false, false},
    {ROUTE_GET, "/k/*/*", R_ANY, page_card, false, false},
    {BOTH, "/k/*/*/edit", R_ANY, page_edit, false, false},
    {ROUTE_POST, "/k/*/*/delete", R_ANY, page_delete, false, false},
    {BOTH, "/k/*/*/history", R_ANY, page_history, false, false},
    {BOTH | ROUTE_UPLOAD, "/import", R_OFFICES, page_import, false, false},
    {BOTH, "/import/*", R_OFFICES, page_job, false, false},
    {ROUTE_GET, "/import/*/rejected.csv", R_OFFICES, page_job_rejected, false, true},
    {ROUTE_GET, "/people", R_OFFICES, page_people, false, false},
    {BOTH, "/mentoring", R_OFFICES, page_mentoring, false, false},
    {ROUTE_POST, "/many/*", R_ANY, page_many, false, false},
    {ROUTE_POST, "/draft", R_ANY, page_draft, false, true},
    {ROUTE_POST, "/draft/drop", R_ANY, page_draft_drop, false, true},
    {BOTH, "/slips", R_OFFICES, page_slips, false, false},
    {ROUTE_GET, "/r", FIGURES, page_reports, false, true},
    {ROUTE_GET, "/r/*", FIGURES, page_report, false, false},
    {ROUTE_GET, "/definitions", FIGURES, page_definitions, false, false},
    {BOTH, "/definitions/new", FIGURES, page_definition_new, false, false},
    {BOTH, "/definitions/*", FIGURES, page_definition, false, false},
    {BOTH, "/results", R_OFFICES, page_results, false, false},
    {BOTH, "/events/*/attendance", R_OFFICES, page_attendance, false, false},
    {ROUTE_GET, "/load", R_OFFICES, page_load, false, false},
    {BOTH, "/load/*", R_OFFICES, page_load_move, false, false},
    {ROUTE_GET, "/routes", PEOPLE, page_routes, false, false},
    {BOTH, "/routes/propose", R_OFFICES, page_route_propose, false, false},
    {BOTH, "/routes/*", PEOPLE, page_route, false, false},
    {ROUTE_GET, "/routes/*/iom.pdf", PEOPLE, page_iom, false, true},
    {BOTH, "/routes/*/review", R_OFFICES, page_route_review, false, false},
    {ROUTE_GET, "/r/*/export.csv", FIGURES, page_report_csv, false, true},
    {ROUTE_GET, "/r/*/export.xlsx", FIGURES, page_report_xlsx, false, true},
    {ROUTE_GET, "/r/*/*", FIGURES, page_indicator, false, false},
    {ROUTE_GET, "/op/exchange", EXCHANGE, page_exchange, true, false},
    {ROUTE_GET, "/op/queues", EXCHANGE, page_queues, true, false},
    {BOTH, "/op/quarantine", EXCHANGE, page_quarantine, true, false},
    {ROUTE_GET, "/op/quarantine/export.csv", EXCHANGE, page_quarantine_csv, true, true},
    {BOTH, "/op/versions", EXCHANGE, page_versions, true, false},
    {ROUTE_GET, "/op/storage", R_OPERATOR, page_storage, true, false},
    {BOTH, "/op/accounts", R_OPERATOR, page_accounts, true, false},
    {ROUTE_GET, "/op/audit", R_OPERATOR | R_PRIVACY, page_audit, true, false},
    {ROUTE_GET, "/op/audit/export.csv", R_OPERATOR | R_PRIVACY, page_audit_csv, true, true},
};
const size_t N_ROUTES = ARRAY_SIZE(ROUTES);
