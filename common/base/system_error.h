// SPDX-License-Identifier: Apache-2.0
// What the system says of an errno, in the reader's language.
#pragma once

// The text of `error` (positive) in the thread's language; of those that hardly anybody meets, in another one
// than English, their name (EPROTO).
// Lasts as long as the program.
const char *system_error(int error);
