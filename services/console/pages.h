// SPDX-License-Identifier: Apache-2.0
// The pages, each in pages/NAME.c; which address is which: routes.c.
#pragma once
#include "services/console/page.h"

page_fn page_asset, page_login, page_logout, page_language;
page_fn page_help, page_home, page_search, page_kinds, page_list, page_card, page_new, page_edit, page_delete,
    page_history, page_trace, page_export;
page_fn page_many, page_import, page_job, page_job_rejected, page_people, page_mentoring;
page_fn page_person, page_person_new;
page_fn page_draft, page_draft_drop, page_pick;
page_fn page_my_profile, page_my_dispute, page_my_learning, page_my_data, page_my_extract;
page_fn page_attempts, page_attempt;
page_fn page_screenings, page_screening;
page_fn page_setup, page_first, page_recover, page_reach, page_slips;
// Has nobody an account at this node yet?
bool first_is_open(void);
page_fn page_exchange, page_queues, page_quarantine, page_reports, page_report;
page_fn page_iom, page_routes, page_route, page_route_review, page_route_propose;
page_fn page_definitions, page_definition, page_definition_new;
page_fn page_indicator, page_report_csv, page_report_xlsx;
page_fn page_quarantine_csv, page_versions, page_storage, page_accounts, page_audit, page_audit_csv;
page_fn page_neighbours;
page_fn page_metrics;
page_fn page_results, page_attendance;
page_fn page_load, page_load_move;
page_fn page_calendar, page_calendar_file;
