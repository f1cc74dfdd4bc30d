// SPDX-License-Identifier: Apache-2.0
// What records say must not command the terminal on which it is shown: where output goes to one, control
// characters and marks that turn the direction of writing are written out as \u001b. Into files and pipes
// everything goes as it is.
#pragma once
#include <stddef.h>

enum { TERMINAL_ESCAPE = 6 }; // bytes of \uXXXX

// Guards stdout and stderr, each if it is a terminal. Once, before anything is printed.
void terminal_guard(void);

// The text with such characters written out; '\n' and '\t' stay. ret of TERMINAL_ESCAPE * size bytes; how
// many were written.
size_t terminal_escape(const char *text, size_t size, char *ret);

// How many bytes at the end of the text begin a character that is not whole there, 0 to 3.
size_t terminal_tail(const char *text, size_t size);

// How many cells a line of stdout has, $COLUMNS if that is set; 0: it is no terminal, or does not say.
size_t terminal_width(void);

// Commands of the program itself, past the guard: clears the screen, or the line on which progress is shown.
void terminal_clear(void);
void terminal_clear_line(void);
