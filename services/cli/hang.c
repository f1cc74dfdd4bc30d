// SPDX-License-Identifier: Apache-2.0
#include "services/cli/hang.h"

#include <stdio.h>
#include <string.h>

#include "common/base/i18n.h"

enum { STAT_MAX = 1024 };

// Fields of /proc/PID/stat behind the name, which may hold anything: state is the first, then come utime and
// stime.
static void read_stat(const char *text, hang_look_t *look)
{
    char state;
    unsigned long long user, system;
    const char *behind = strrchr(text, ')');
    if (!behind) return;
    if (sscanf(behind + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &state, &user, &system) !=
        3)
        return;
    look->state = state;
    look->cpu_ticks = user + system;
}

hang_look_t hang_look_at(pid_t pid, const pulse_page_t *page)
{
    hang_look_t look = {
        .turns = atomic_load(&page->turns), .phase = (pulse_phase_t)atomic_load(&page->phase), .state = '?'};
    char path[64], text[STAT_MAX] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (!file) return look;
    if (fgets(text, sizeof text, file)) read_stat(text, &look);
    fclose(file);
    return look;
}

// D: the kernel waits for the disk, and no signal ends that. t: a debugger holds it.
static bool must_wait(const hang_look_t *look)
{
    return look->state == 'D' || look->state == 't' || look->state == 'Z';
}

hang_verdict_t hang_judge(hang_t *self, const hang_look_t *look, uint64_t now_ms, uint64_t limit_ms)
{
    uint64_t most = 2 * limit_ms / HANG_LOOKS, passed = self->looked ? now_ms - self->looked_ms : 0;
    if (passed > most) passed = most;
    bool turned = !self->looked || look->turns != self->last.turns;
    bool works = look->phase != PULSE_TURNS && look->cpu_ticks != self->last.cpu_ticks;
    self->silent_ms = turned || works || must_wait(look) ? 0 : self->silent_ms + passed;
    self->work_ms = turned || look->phase != PULSE_WORKS ? 0 : self->work_ms + passed;
    self->looked = true;
    self->looked_ms = now_ms;
    self->last = *look;
    if (self->work_ms >= HANG_WORK_TIMES * limit_ms && !must_wait(look)) return HANG_ENDLESS;
    if (self->silent_ms < limit_ms) return HANG_ALIVE;
    return look->state == 'T' ? HANG_STOPPED : HANG_SILENT;
}

const char *hang_why(hang_verdict_t verdict, uint64_t limit_ms)
{
    static char text[256];
    unsigned long long seconds = (limit_ms + 999) / 1000;
    if (verdict == HANG_STOPPED)
        snprintf(text, sizeof text, _("a signal stopped it, and nobody has let it go on for %llu s"),
                 seconds);
    else if (verdict == HANG_ENDLESS)
        snprintf(text, sizeof text, _("it has been at one piece of work for %llu s"),
                 HANG_WORK_TIMES * seconds);
    else
        snprintf(text, sizeof text, _("its loop has not turned for %llu s"), seconds);
    return text;
}
