// SPDX-License-Identifier: Apache-2.0
// Marking: where the keys of all questions but essays are at hand, made here or released, an attempt becomes
// `marked`, and the points of each competency a result of the person. Each question is one point; a question
// that names no competency of the campaign's framework counts in the attempt alone.
#pragma once
#include "common/service/service.h"
#include "proto/diagnostics.pb-c.h"

// Marks a finished or marked attempt. Nothing happens where a key is not here, or does not belong to its
// question. 0 or -errno.
int attempt_mark(service_t *service, store_txn_t *txn, const Selenga__Attempt *attempt);
// Takes away the results of its competencies. 0 or -errno.
int attempt_unmark(service_t *service, store_txn_t *txn, const Selenga__Attempt *attempt);
// The attempt with this id, for msg_body_free; NULL: there is none, or it is not this node's. 0 or -errno.
int attempt_read(service_t *service, store_txn_t *txn, const rid_t *id, Selenga__Attempt **ret);
// Writes it, and may refuse: 0, RECORD_E_FAULT, -errno.
int attempt_write(service_t *service, store_txn_t *txn, const Selenga__Attempt *attempt, fault_t *ret_fault);
