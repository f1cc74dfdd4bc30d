// SPDX-License-Identifier: Apache-2.0
// What a service says of a store that it cannot use, for its log and for those who ask.
#include "common/base/i18n.h"
#include "common/base/log.h"
#include "common/base/system_error.h"
#include "common/schema/fault.h"
#include "common/service/service_private.h"
#include "common/store/kv_guard.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STORE_DIR = 64, STORE_PLACE = 512, MARK_TEXT = 64, LOCK_PATIENCE_MS = 1000, LOCK_AGAIN_MS = 20 };

const char *service_trouble(int error)
{
    switch (error) {
    case 0:
        return "";
    case -ENOSPC:
    case -EDQUOT:
    case -EFBIG:
        return "DISK-FULL";
    case -ENOBUFS:
        return "STORE-FULL";
    case -EUCLEAN:
        return "STORE-DAMAGED";
    case -EBUSY:
        return "STORE-IN-USE";
    case -EPROTONOSUPPORT:
        return "STORE-NEWER";
    case -ENOTSUP:
        return "STORE-OLDER";
    case -ENOMEM:
        return "STORE-MEMORY";
    case -EACCES:
    case -EPERM:
        return "STORE-FORBIDDEN";
    default:
        return "STORE-FAILED";
    }
}

static const char *store_dir(const service_t *service, char dir[static STORE_DIR])
{
    snprintf(dir, STORE_DIR, "store/%s", service_name(service->def->number));
    return dir;
}

// For people: the directory by its whole name.
static const char *place_text(const service_t *service, char place[static STORE_PLACE])
{
    char here[STORE_PLACE / 2], dir[STORE_DIR];
    bool known = getcwd(here, sizeof here) != NULL;
    snprintf(place, STORE_PLACE, "%s%s%s", known ? here : "", known ? "/" : "", store_dir(service, dir));
    return place;
}

void service_guard_store(const service_t *service)
{
    char place[STORE_PLACE];
    kv_guard_install(service->def->program, place_text(service, place));
}

// A killed process holds its lock until the last of its threads is gone, a moment after it counts as ended.
int service_open_kv(service_t *service)
{
    const struct timespec pause = {.tv_nsec = LOCK_AGAIN_MS * 1000000L};
    char dir[STORE_DIR];
    store_dir(service, dir);
    (void)mkdir("store", 0700); // all stores may have been moved away; what is wrong with it, opening says
    int rc = kv_lmdb_open(dir, service->map_bytes, &service->kv);
    for (int waited_ms = 0; rc == -EBUSY && waited_ms < LOCK_PATIENCE_MS; waited_ms += LOCK_AGAIN_MS) {
        nanosleep(&pause, NULL);
        rc = kv_lmdb_open(dir, service->map_bytes, &service->kv);
    }
    return rc;
}

// What the store says of the program that wrote it, and what this one reads.
static void set_formats(const service_t *service, const char *code, fault_t *fault)
{
    char written[MARK_TEXT], read[MARK_TEXT];
    store_mark_t mark = {0};
    store_mark(service->kv, &mark);
    if (*mark.version != '\0')
        snprintf(written, sizeof written, _("version %s, format %u"), mark.version, mark.format);
    else
        snprintf(written, sizeof written, _("format %u"), mark.format);
    snprintf(read, sizeof read, _("format %u"), STORE_FORMAT);
    fault_set(fault, code, NULL, written, read);
}

static void set_holder(const service_t *service, const char *code, fault_t *fault)
{
    char dir[STORE_DIR], pid[16] = "?";
    pid_t holder = kv_lmdb_holder(store_dir(service, dir));
    if (holder > 0) snprintf(pid, sizeof pid, "%d", (int)holder);
    fault_set(fault, code, NULL, pid);
}

static void set_memory(const service_t *service, const char *code, fault_t *fault)
{
    char mib[24];
    snprintf(mib, sizeof mib, "%llu", (unsigned long long)(service->map_bytes >> 20));
    fault_set(fault, code, NULL, mib);
}

int service_refuse_store(const service_t *service, int rc)
{
    char place[STORE_PLACE], text[FAULT_TEXT];
    fault_t fault;
    const char *code = service_trouble(rc);
    bool known = strcmp(code, "STORE-FAILED") != 0;
    fault_set(&fault, code, NULL);
    if (rc == -EPROTONOSUPPORT || rc == -ENOTSUP) set_formats(service, code, &fault);
    if (rc == -EBUSY) set_holder(service, code, &fault);
    if (rc == -ENOMEM) set_memory(service, code, &fault);
    log_at(L_ERROR, known ? code : "STORE-OPEN", "%s: %s", place_text(service, place),
           known ? fault_text(&fault, text, sizeof text) : system_error(-rc));
    return rc == -EUCLEAN || rc == -EPROTONOSUPPORT || rc == -ENOTSUP ? KV_GUARD_EXIT : 1;
}
