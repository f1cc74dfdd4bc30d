// SPDX-License-Identifier: Apache-2.0
// What a file would cost is counted before it is opened: jansson makes some hundred bytes of each value, also
// of the two that an empty list takes in the text.
#include "common/forms/case_private.h"

typedef struct count {
    size_t values, depth, deepest;
    bool text, escaped; // within a string
} count_t;

static void take(count_t *count, uint8_t c)
{
    if (count->text) {
        count->text = count->escaped || c != '"';
        count->escaped = !count->escaped && c == '\\';
        return;
    }
    if (c == '"') count->text = true;
    if (c == '{' || c == '[') count->depth++;
    if ((c == '}' || c == ']') && count->depth > 0) count->depth--;
    if (c == '{' || c == '[' || c == ',' || c == ':') count->values++;
    if (count->depth > count->deepest) count->deepest = count->depth;
}

bool case_is_bounded(slice_t text, why_t *ret_why)
{
    count_t count = {0};
    if (text.size > CASE_BYTES) {
        why_set(ret_why, _("The file is larger than %d MiB."), CASE_BYTES >> 20);
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        take(&count, text.data[i]);
        if (count.values > CASE_VALUES || count.deepest > CASE_DEPTH) {
            why_set(ret_why, _("The file has more values, or deeper ones, than any framework has."));
            return false;
        }
    }
    return true;
}
