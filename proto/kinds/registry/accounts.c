// SPDX-License-Identifier: Apache-2.0
// See accounts.proto.
#include "proto/checks.h"
#include "proto/fault_at.h"
#include "proto/registry.pb-c.h"
#include <stdbool.h>
#include <string.h>

// A teacher works with what is his own: it must be known who he is.
const char *check_account(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Account *a = (const Selenga__Account *)body;
    bool teacher = a->role != NULL && strcmp(a->role, "teacher") == 0;
    return teacher && a->person == NULL ? fault_at("person", "REQUIRED", ret_field) : NULL;
}
