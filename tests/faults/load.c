// SPDX-License-Identifier: Apache-2.0
// A steady load at a school, what was acknowledged of it, and whether the nodes hold that; see usage().
#include "common/base/clock.h"
#include "tests/bench/measure.h"
#include "tests/faults/check.h"
#include "tests/faults/steady.h"
#include "tests/faults/watch.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { NODES_MOST = 8, LINE_MOST = 64, TURN_MS = 2, WINDOW_MS = 250 };

typedef struct load {
    shelf_t shelves[SHELVES];
    steady_t *steady;
    watch_t *watch;
    char **dirs; // of the nodes, the home first
    size_t n;
    uint64_t before[NODES_MOST]; // records that were there already
    bool going, stopping;
    lat_t rates; // writes a second in each window
    uint64_t window_ms, window_writes;
} load_t;

static void say_check(load_t *load)
{
    AUTO(checker_destroy) checker_t *checker = checker_new(load->shelves);
    for (size_t i = 0; i < load->n; i++) {
        verdict_t v = checker_look(checker, load->dirs[i], load->before[i]);
        printf("node %zu held %llu missing %llu wrong %llu twice %llu strange %llu\n", i,
               (unsigned long long)v.held, (unsigned long long)v.missing, (unsigned long long)v.wrong,
               (unsigned long long)v.twice, (unsigned long long)v.strange);
    }
    puts("checked");
}

static void count_rate(load_t *load)
{
    uint64_t now = mono_ms(), writes = steady_writes(load->steady);
    if (!load->going || now - load->window_ms < WINDOW_MS) return;
    if (load->window_ms != 0)
        lat_add(&load->rates, (writes - load->window_writes) * 1000 / (now - load->window_ms));
    load->window_ms = now;
    load->window_writes = writes;
}

static void set_going(load_t *load, bool going)
{
    load->going = going;
    load->stopping = !going;
    steady_go(load->steady, going);
}

static bool obey(load_t *load, const char *order)
{
    if (strcmp(order, "go") == 0) {
        set_going(load, true);
        puts("goes");
    } else if (strcmp(order, "restarted") == 0)
        watch_restarted(load->watch);
    else if (strcmp(order, "stop") == 0)
        set_going(load, false);
    else if (strcmp(order, "check") == 0)
        say_check(load);
    else
        return false;
    return true;
}

static bool take_order(load_t *load)
{
    char line[LINE_MOST];
    if (fgets(line, sizeof line, stdin) == NULL) return false;
    line[strcspn(line, "\n")] = '\0';
    return obey(load, line);
}

static void turn(load_t *load)
{
    uint64_t ms;
    steady_turn(load->steady);
    count_rate(load);
    uint64_t acked = steady_acked(load->steady), most = acked + steady_waiting(load->steady);
    if (watch_turn(load->watch, acked, most, &ms)) printf("caught-up %llu\n", (unsigned long long)ms);
    if (!load->stopping || !steady_is_done(load->steady)) return;
    load->stopping = false;
    printf("stopped records %llu writes %llu again %llu rate %.0f\n", (unsigned long long)acked,
           (unsigned long long)steady_writes(load->steady), (unsigned long long)steady_again(load->steady),
           lat_at(&load->rates, 0.5));
}

static void run(load_t *load)
{
    zmq_pollitem_t items[] = {{NULL, STDIN_FILENO, ZMQ_POLLIN, 0},
                              {steady_socket(load->steady), 0, ZMQ_POLLIN, 0},
                              {watch_socket(load->watch), 0, ZMQ_POLLIN, 0}};
    for (;;) {
        zmq_poll(items, 3, TURN_MS);
        if (items[0].revents != 0 && !take_order(load)) return;
        turn(load);
    }
}

static int usage(void)
{
    fputs(
        "usage: faults_load ORG PER_S DIR...   writes records about people and events of ORG at the node in "
        "the\n"
        "       first DIR, PER_S a second; the other DIRs are the nodes above it. Orders on standard input:\n"
        "       go (answers `goes`); restarted (answers `caught-up MS`); stop (answers `stopped ...` when "
        "all is "
        "acknowledged);\n"
        "       check (a line for each node, and `checked`)\n",
        stderr);
    return 64;
}

int main(int argc, char **argv)
{
    int64_t per_s;
    if (argc < 4 || argc - 3 > NODES_MOST || !int_parse(argv[2], 1, 100000, &per_s)) return usage();
    if (sodium_init() < 0) return 1;
    setvbuf(stdin, NULL, _IONBF, 0); // what is polled must not hide in a buffer
    setvbuf(stdout, NULL, _IOLBF, 0);
    load_t load = {.dirs = argv + 3, .n = (size_t)argc - 3};
    shelves_open(load.shelves, argv[1]);
    for (size_t i = 0; i < load.n; i++) load.before[i] = records_of(load.dirs[i]);
    void *context = zmq_ctx_new();
    load.steady = steady_new(context, load.dirs[0], load.shelves, (uint64_t)per_s);
    load.watch = watch_new(context, load.dirs[load.n - 1], load.before[load.n - 1]);
    run(&load);
    steady_destroy(&load.steady);
    watch_destroy(&load.watch);
    zmq_ctx_term(context);
    shelves_close(load.shelves);
    lat_clear(&load.rates);
    return 0;
}
