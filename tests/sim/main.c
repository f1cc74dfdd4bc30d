// SPDX-License-Identifier: Apache-2.0
// sim: runs seeds; shrinks and shows those that fail.
#include "common/base/mutant.h"
#include "tests/sim/sim.h"
#include <argp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

const char *mutant_on;

static const struct {
    const char *name, *what;
} MUTANTS[] = {
    {"ack_first", "the acknowledgement leaves before the commit"},
    {"aside_applied", "a version that a neighbour cannot speak for is taken"},
    {"aside_dropped", "a version that a neighbour cannot speak for is not kept for its home"},
    {"back_lane_missing", "versions that came from elsewhere are not handed on towards their home"},
    {"bulk_first", "loads are read before what people write"},
    {"bulk_not_kept", "loads stand in the lanes of all others"},
    {"gap_accepted", "a push is taken though one before it was lost"},
    {"giveback_one_page", "what is handed back ends after its first page"},
    {"gone_answers_strangers", "who hands back what he cannot have is told that it is gone"},
    {"gone_unheld", "word that a record is gone counts where it is not held"},
    {"inc_ignored", "versions are compared without their incarnation"},
    {"inside_wrong_side", "a home heeds what a conflict holds without its seal"},
    {"lane_entry_not_removed", "a record that changes keeps its old place in a lane"},
    {"left_untold", "who had a record is not told that it has left its reach"},
    {"no_giveback", "a store that was put back asks for nothing"},
    {"no_incarnation", "what is written after a version came back is not above it"},
    {"no_seal", "a home takes its own versions without its seal"},
    {"no_witness", "a cursor is believed without its witness"},
    {"one_position", "both streams are read on from where the first one stands"},
    {"past_untold", "versions do not tell what they descend from"},
    {"pull_while_diverged", "a store that was put back serves a consumer before it asked it"},
    {"quarantine_blocks", "a record that is refused stops its feed"},
    {"quarantine_not_given", "what waits in quarantine is not handed back"},
    {"raise_unsealed", "an unsealed version raises the incarnation"},
    {"reach_one_too_wide", "records go up one level too far"},
    {"relane_missing", "records keep their lanes when the topology changes"},
    {"resolved_once", "one give-back counts for every later one"},
    {"resume_at_fork", "after a give-back reading goes on where the epochs part"},
    {"rollback_keeps_cursor", "a transaction that failed leaves the cursor in memory where it was"},
    {"skip_not_advancing", "records that the filter leaves out do not move the cursor"},
    {"conflict_dropped", "versions of two epochs: one is forgotten"},
    {"conflict_unheeded", "a home does not stand above what a conflict tells of"},
    {"conflict_stays", "a conflict is not sent to the home of what it keeps"},
    {"conflict_unsealed", "a home keeps a conflict of an unsealed version"},
    {"tombstone_forgotten", "tombstones are not sent"},
    {"tombstone_not_relaned", "tombstones keep their lanes when the topology changes"},
    {"two_txn", "the cursor is committed before what it covers"},
    {"unanswered", "a home's word does not tell which versions it was shown"},
    {"witness_is_position", "the witness tells how far was read, not how far the store had come"},
};

typedef struct options {
    uint64_t seeds, first;
    unsigned faults; // all that each seed has; 0: as the seed says
    bool trace, list, until;
} options_t;

// Nothing here may be random.
static uint64_t fixed;
static const char *fixed_name(void)
{
    return "fixed";
}
static uint32_t fixed_random(void)
{
    fixed = fixed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(fixed >> 32);
}
static void fixed_buf(void *buf, size_t size)
{
    for (size_t i = 0; i < size; i++) ((uint8_t *)buf)[i] = (uint8_t)fixed_random();
}
static struct randombytes_implementation fixed_bytes = {
    .implementation_name = fixed_name, .random = fixed_random, .buf = fixed_buf};

static bool run(const plan_t *plan, char *why, size_t size)
{
    unsigned messages;
    fixed = plan->seed;
    return world_run(plan, why, size, &messages);
}

// The seed says how long, and which faults.
static plan_t plan_of(uint64_t seed)
{
    static const unsigned steps[] = {60, 150, 300, 600};
    uint64_t z = (seed + 1) * 0x9e3779b97f4a7c15ULL;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z ^= z >> 27;
    plan_t plan = {.seed = seed, .steps = steps[z % 16 < 6 ? 0 : z % 16 < 11 ? 1 : z % 16 < 14 ? 2 : 3]};
    plan.faults = (unsigned)(z >> 8) & (unsigned)(z >> 24 | z >> 40) & FAULT_ALL & ~(unsigned)FAULT_LIAR;
    if (z >> 61 == 1) plan.faults |= FAULT_LIAR;
    // Of what a liar hands over who lost the key an operator decides: he may believe him.
    if ((plan.faults & FAULT_LIAR) != 0 || (z >> 5 & 1) == 0) plan.faults &= ~(unsigned)FAULT_KEY;
    return plan;
}

// Leaves out kinds of faults, then the end, then steps, as long as it still fails.
static void shrink(plan_t *plan)
{
    char why[512];
    for (unsigned i = 0; i < N_FAULTS; i++) {
        plan_t less = *plan;
        less.faults &= ~(1U << i);
        if (less.faults != plan->faults && !run(&less, why, sizeof why)) *plan = less;
    }
    for (unsigned cut = plan->steps / 2; cut > 0;) {
        plan_t less = *plan;
        less.steps -= cut;
        if (less.steps > 0 && !run(&less, why, sizeof why))
            *plan = less;
        else
            cut /= 2;
    }
    plan->skip = xcalloc(plan->steps + 1, 1);
    for (unsigned size = plan->steps / 2 + 1; size > 0; size /= 2)
        for (unsigned at = 1; at <= plan->steps; at += size) {
            uint8_t *before = xmemdup(plan->skip, plan->steps + 1);
            for (unsigned i = at; i < at + size && i <= plan->steps; i++) plan->skip[i] = 1;
            if (run(plan, why, sizeof why)) memcpy(plan->skip, before, plan->steps + 1);
            free(before);
        }
}

static void show(plan_t *plan, bool with_trace)
{
    char why[512] = "";
    unsigned left = 0;
    shrink(plan);
    plan->trace = with_trace;
    run(plan, why, sizeof why);
    for (unsigned i = 1; i <= plan->steps; i++) left += plan->skip[i] == 0;
    printf("  shrunk to %u steps; faults", left);
    for (unsigned i = 0; i < N_FAULTS; i++)
        if ((plan->faults >> i & 1) != 0) printf(" %s", FAULT_NAMES[i]);
    printf("\n  %s\n", why);
    free(plan->skip);
}

// Their names, joined by commas.
static bool read_faults(const char *text, unsigned *ret)
{
    for (*ret = 0; *text != '\0';) {
        unsigned i = 0;
        size_t size = strcspn(text, ",");
        while (i < N_FAULTS && (strlen(FAULT_NAMES[i]) != size || memcmp(FAULT_NAMES[i], text, size) != 0))
            i++;
        if (i == N_FAULTS) return false;
        *ret |= 1U << i;
        text += size + (text[size] == ',');
    }
    return *ret != 0;
}

static const struct argp_option OPTIONS[] = {
    {"seeds", 's', "N", 0, "how many seeds (1000)", 0},
    {"first", 'f', "S", 0, "the first (1)", 0},
    {"faults", 'k', "A,B", 0, "these kinds of faults in each, instead of what the seed says", 0},
    {"mutant", 'm', "NAME", 0, "with this mistake in the core", 0},
    {"list-mutants", 'l', NULL, 0, "names of the mistakes", 0},
    {"until-failed", 'u', NULL, 0, "stop at the first seed that fails", 0},
    {"trace", 't', NULL, 0, "tell what happens in the shrunk run of the first seed that fails", 0},
    {0},
};

static bool is_mutant(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(MUTANTS); i++)
        if (strcmp(MUTANTS[i].name, name) == 0) return true;
    return false;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options_t *o = state->input;
    int64_t n;
    switch (key) {
    case 's':
    case 'f':
        if (!int_parse(arg, 1, INT64_MAX, &n)) argp_error(state, "not a number: %s", arg);
        *(key == 's' ? &o->seeds : &o->first) = (uint64_t)n;
        return 0;
    case 'k':
        if (!read_faults(arg, &o->faults)) argp_error(state, "no such faults: %s", arg);
        return 0;
    case 'm':
        if (!is_mutant(arg)) argp_error(state, "no such mutant: %s", arg);
        mutant_on = arg;
        return 0;
    case 'l':
        o->list = true;
        return 0;
    case 'u':
        o->until = true;
        return 0;
    case 't':
        o->trace = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int list(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(MUTANTS); i++) printf("%-22s %s\n", MUTANTS[i].name, MUTANTS[i].what);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {OPTIONS, parse, NULL, "Simulates trees of nodes, one for each seed.",
                                     NULL,    NULL,  NULL};
    enum { SHOWN = 5 };
    options_t o = {.seeds = 1000, .first = 1};
    char why[512];
    uint64_t failed = 0, i = 0;
    randombytes_set_implementation(&fixed_bytes);
    if (argp_parse(&argp, argc, argv, 0, NULL, &o) != 0 || sodium_init() < 0) return 64;
    if (o.list) return list();
    for (; i < o.seeds && !(o.until && failed > 0); i++) {
        plan_t plan = plan_of(o.first + i);
        if (o.faults != 0) plan.faults = o.faults;
        if (run(&plan, why, sizeof why) || ++failed > SHOWN) continue;
        printf("seed %llu: %s\n", (unsigned long long)plan.seed, why);
        if (mutant_on == NULL || o.trace) show(&plan, o.trace && failed == 1);
        fflush(stdout);
    }
    printf("%llu seeds, %llu failed\n", (unsigned long long)i, (unsigned long long)failed);
    return failed > 0;
}
