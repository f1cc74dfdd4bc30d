// SPDX-License-Identifier: Apache-2.0
// glibc's own translations need a locale that a bare Debian has not (i18n.h).
#include "common/base/system_error.h"
#include "common/base/i18n.h"
#include <string.h>

// Texts of strerror, for the catalogue.
static const char *const TEXTS[] __attribute__((unused)) = {
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("File exists"),
    N_("Not a directory"),
    N_("Is a directory"),
    N_("Directory not empty"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Read-only file system"),
    N_("Input/output error"),
    N_("Cannot allocate memory"),
    N_("Too many open files"),
    N_("Too many open files in system"),
    N_("File name too long"),
    N_("File too large"),
    N_("Invalid argument"),
    N_("Broken pipe"),
    N_("Connection refused"),
    N_("Connection timed out"),
    N_("Address already in use"),
    N_("Cannot assign requested address"),
    N_("No route to host"),
    N_("Network is unreachable"),
    N_("Too many levels of symbolic links"),
    N_("Device or resource busy"),
    N_("Text file busy"),
    N_("Exec format error"),
    N_("Invalid cross-device link"),
    N_("Resource temporarily unavailable"),
};

// The same, of those that fewer people meet.
static const char *const RARE[] __attribute__((unused)) = {
    N_("Bad file descriptor"),
    N_("No such device"),
    N_("No such device or address"),
    N_("No such process"),
    N_("Interrupted system call"),
    N_("Argument list too long"),
    N_("Bad address"),
    N_("Too many links"),
    N_("Illegal seek"),
    N_("Inappropriate ioctl for device"),
    N_("Invalid or incomplete multibyte or wide character"),
    N_("Numerical result out of range"),
    N_("Numerical argument out of domain"),
    N_("Value too large for defined data type"),
    N_("No locks available"),
    N_("Resource deadlock avoided"),
    N_("Function not implemented"),
    N_("Operation not supported"),
    N_("Protocol not supported"),
    N_("Protocol error"),
    N_("Bad message"),
    N_("Message too long"),
    N_("No buffer space available"),
    N_("Connection reset by peer"),
    N_("Software caused connection abort"),
    N_("Transport endpoint is not connected"),
    N_("Transport endpoint is already connected"),
    N_("Host is down"),
    N_("Network is down"),
    N_("Address family not supported by protocol"),
    N_("Operation already in progress"),
    N_("Operation now in progress"),
    N_("Operation canceled"),
    N_("Stale file handle"),
    N_("Remote I/O error"),
};

const char *system_error(int error)
{
    const char *text = strerrordesc_np(error);
    if (!text) return i18n_text(N_("an error that the system does not name"));
    const char *translated = i18n_text(text);
    // Whoever reads no English can at least ask for the name.
    return translated != text || i18n_now() == LANG_EN ? translated : strerrorname_np(error);
}
