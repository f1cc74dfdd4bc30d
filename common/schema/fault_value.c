// SPDX-License-Identifier: Apache-2.0
// See fault_value.h.
#include "common/schema/fault_value.h"
#include "common/base/text.h"
#include <stdarg.h>

// Copies as much as fits; what was cut ends with an ellipsis, never inside a character. Texts may come from
// outside, and a terminal is not to be driven by them: what is not printable UTF-8 becomes '?'.
static void take(char *to, size_t size, const char *text)
{
    static const char ellipsis[] = "…";
    if (!text_copy(to, size, text)) {
        size_t keep = size - sizeof ellipsis;
        while (keep > 0 && ((unsigned char)text[keep] & 0xc0) == 0x80) keep--;
        memcpy(to, text, keep);
        memcpy(to + keep, ellipsis, sizeof ellipsis);
    }
    if (text_is_clean(slice_text(to))) return;
    for (char *c = to; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e) *c = '?';
}

void fault_set_list(fault_t *fault, const char *code, const char *field, ...)
{
    if (fault == NULL) return;
    memset(fault, 0, sizeof *fault);
    take(fault->code, sizeof fault->code, code);
    if (field != NULL) take(fault->field, sizeof fault->field, field);
    va_list args;
    va_start(args, field);
    const char *arg = va_arg(args, const char *);
    for (; arg != NULL && fault->n_args < FAULT_ARGS; arg = va_arg(args, const char *))
        take(fault->args[fault->n_args++], FAULT_ARG, arg);
    va_end(args);
}

void fault_to_proto(const fault_t *fault, Selenga__Fault *ret_message, char **args)
{
    selenga__fault__init(ret_message);
    ret_message->code = (char *)fault->code;
    if (fault->field[0] != '\0') ret_message->field = (char *)fault->field;
    for (unsigned i = 0; i < fault->n_args; i++) args[i] = (char *)fault->args[i];
    ret_message->n_args = fault->n_args;
    ret_message->args = fault->n_args > 0 ? args : NULL;
}

void fault_from_proto(const Selenga__Fault *message, fault_t *ret_fault)
{
    memset(ret_fault, 0, sizeof *ret_fault);
    take(ret_fault->code, sizeof ret_fault->code,
         message != NULL && message->code != NULL && message->code[0] != '\0' ? message->code : "UNKNOWN");
    if (message == NULL) return;
    if (message->field != NULL) take(ret_fault->field, sizeof ret_fault->field, message->field);
    for (size_t i = 0; i < message->n_args && i < FAULT_ARGS; i++)
        take(ret_fault->args[ret_fault->n_args++], FAULT_ARG, message->args[i]);
}
