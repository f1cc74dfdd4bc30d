// SPDX-License-Identifier: Apache-2.0
// The printed individual educational route (ИОМ) in its five parts, as regions print it: general data,
// results of the diagnostic, the teacher's own request, the map, the report.
#pragma once
#include "common/schema/ids.h"
#include "proto/api.pb-c.h"

typedef struct iom iom_t;

iom_t *iom_new(void);
void iom_destroy(iom_t **iom_p);
// A record of an answer, as stored. What cannot be read is passed over.
void iom_take(iom_t *iom, slice_t wire);

// Who asks the node: gives all records that fit the request to iom_take. Returns 0, or anything else, with
// which the gathering ends at once. What the reader may not see is no failure: nothing is taken then.
typedef int iom_source_t(void *context, const Selenga__List *request, iom_t *iom);

enum { IOM_NONE = -1000 }; // there is no such route
// All that the paper says. Returns 0, IOM_NONE, or what the source returned.
int iom_gather(iom_t *iom, const rid_t *route, iom_source_t *source, void *context);

// The file, in the thread's language, for the caller to free; NULL: it could not be made. today: years of
// experience are counted to it.
uint8_t *iom_pdf(const iom_t *iom, int32_t today, size_t *ret_size);
