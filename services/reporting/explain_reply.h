// SPDX-License-Identifier: Apache-2.0
// An explanation (explain.h) as the answer to who asked, with the names by which people know each other.
#pragma once
#include "common/store/store.h"
#include "proto/api.pb-c.h"
#include "services/reporting/explain.h"

// A page of it. 0, or -errno of the transaction. The reply is freed with
// selenga__report_reply__free_unpacked(reply, NULL).
int explain_reply(store_txn_t *txn, explaining_t *explaining, uint32_t from,
                  Selenga__ReportReply **ret_reply);
