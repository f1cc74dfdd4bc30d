# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154
# The product for a harness that measures servers side by side (its OURS= hook): sourced by it, with real nodes of five
# programs each, CURVE, every commit flushed before it is acknowledged. The harness gives rec SECTION ROW RUN command...,
# emit, spawn, stop, slay, forget, ms, want, RUNS, CRUNS, N, TMAX, W (folder for data), T and the cut_* helpers.
# SELENGA_PROGRAMS: folder of the built programs, with the tests; else build/release/bin of this checkout.
ours_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
programs=${SELENGA_PROGRAMS:-$ours_dir/../../build/release/bin}
[ -x "$programs/bench_ask" ] || echo "ours.sh: no programs in $programs: build the preset release with the tests" >&2
bench_spawn() { spawn "$@"; }
bench_stop() { stop "$1"; }
# shellcheck source=tests/bench/nodes.bash
. "$ours_dir/nodes.bash"

ours_fresh() {
    nodes=$W/ours
    rm -rf "$nodes"
    mkdir -p "$nodes"
}

ours_gone() { # numbers of nodes
    local p
    for p in "$@"; do stop "$p"; done
    rm -rf "$nodes"
}

# Producers are children of a hub: what they push has been checked, is durable and is found under its id and by feeds
# before it is acknowledged. The indexes by which it is listed follow, some thousands of records at a time.
ours_ingest() {
    local k hub
    want selenga || return 0
    for k in $(seq "$RUNS"); do
        ours_fresh
        hub_alone 27101 27102 100 03-08 || return 1
        hub=$LAST
        "$programs/bench_load" enrol "$nodes/hub" 03-08 100 "$nodes/roll" || return 1
        rec ingest "selenga hub, CURVE / 1 prod window 1" "$k" "$programs/bench_load" ingest "$nodes/roll" 1 1 "$N" "$TMAX"
        rec ingest "selenga hub, CURVE / 1 prod pipelined" "$k" "$programs/bench_load" ingest "$nodes/roll" 1 0 "$N" 0
        rec ingest "selenga hub, CURVE / 100 prod window 1" "$k" "$programs/bench_load" ingest "$nodes/roll" 100 1 "$N" "$TMAX"
        rec ingest "selenga hub, CURVE / 100 prod pipelined" "$k" "$programs/bench_load" ingest "$nodes/roll" 100 0 "$N" 0
        ours_gone "$hub"
    done
}

ours_chain() {
    local k
    want selenga || return 0
    for k in $(seq "$RUNS"); do
        ours_fresh
        chain_up 27111 || return 1
        rec chain "selenga, CURVE" "$k" "$programs/bench_ask" lat "$nodes/school" "$nodes/region" 03-08-01 0 500
        await quiet school
        rec chain "selenga, CURVE" "$k" "$programs/bench_ask" thr "$nodes/school" "$nodes/region" 03-08-01 10000 100000 500 8
        ours_gone "$SCHOOL" "$HUB" "$REGION"
    done
}

# The hub killed with -9 two seconds into a stream of 20,000 at 5000/s, started again one second later. backlog_s and
# all_since_restart_s count from that start: until the region holds what the school had acknowledged by then, and until
# it holds all, of which the last is put a second later. catch_up_s counts from the stream's end, as beside other rows.
ours_crash() {
    local k F R before here at backlog
    want selenga || return 0
    for k in $(seq "$CRUNS"); do
        ours_fresh
        chain_up 27121 || return 1
        before=$(held region) here=$(held school)
        rec crash "selenga, CURVE" "$k" "$programs/bench_ask" feed "$nodes/school" 03-08-01 0 20000 1000 5000 & F=$!
        sleep 2
        slay "$HUB" # its programs die with it
        sleep 1
        backlog=$(($(held school) - here)) # acknowledged there up to now
        at=$(ms)
        rec crash "selenga, CURVE" "$k" "$programs/bench_ask" reach "$nodes/region" $((before + backlog)) "$at" 20 & R=$!
        node_up hub && HUB=$LAST
        wait "$F" "$R"
        rec crash "selenga, CURVE" "$k" "$programs/bench_ask" tally "$nodes/region" 03-08-01 0 20000 "$before" 20 "$at"
        ours_gone "$SCHOOL" "$HUB" "$REGION"
    done
}

# One node on a filesystem that stops without a journal flush two seconds into 3000/s.
ours_powercut() {
    local k F P before r="selenga node"
    want selenga || return 0
    [ "$(id -u)" = 0 ] && [ -e /dev/loop-control ] || return 0
    for k in $(seq "$CRUNS"); do
        cut_up
        nodes=$T/mnt/ours
        alone_up cut 27131 || return 1
        P=$LAST
        before=$(held cut)
        sync -f "$T/mnt"
        rec powercut "$r" "$k" "$programs/bench_ask" feed "$nodes/cut" 03 0 12000 1000 3000 & F=$!
        cut_now
        slay "$P"
        wait "$F"
        cut_again
        node_up cut && P=$LAST
        rec powercut "$r" "$k" "$programs/bench_ask" tally "$nodes/cut" 03 0 "$(acked "$r" "$k")" "$before" 1
        stop "$P"
        cut_end
    done
}

# Both indicators (and the other four) of 1.3 million people in 40,000 schools, as a report of the country by regions and
# as one report of each region by municipalities.
ours_query() {
    local k P
    want selenga || return 0
    ours_fresh
    country_make 27141 || return 1
    for k in $(seq "$RUNS"); do
        node_up country || return 1
        P=$LAST
        rec query "selenga reports" "$k" "$programs/bench_ask" report "$nodes/country" 00 2024
        rec query "selenga reports" "$k" "$programs/bench_ask" below "$nodes/country" 00 2024
        stop "$P"
    done
    rm -rf "$nodes"
}

# Selenga's callers come by a unix socket: so the others' are measured by theirs, too.
redis_by_socket() { # run
    local P c v s=$W/redis.sock
    rm -rf "$W/redis"
    mkdir -p "$W/redis"
    spawn redis-server --port 5224 --bind 127.0.0.1 --unixsocket "$s" --dir "$W/redis" --save "" --appendonly yes \
        --appendfsync always --daemonize no
    P=$LAST
    port 5224
    redis-benchmark -s "$s" -t set -n 100000 -r 100000 -d 250 -P 100 -c 20 -q >/dev/null 2>&1
    for c in 1 100; do
        v=$(timeout 20 redis-benchmark -s "$s" -t get -n $((c == 1 ? 20000 : 150000)) -r 100000 -c $c --csv 2>/dev/null |
            awk -F'"' '$2 == "GET" { print $4 " " $10 }')
        emit reads "redis GET, unix socket / $c clients" "$1" reads_per_s "${v% *}"
        emit reads "redis GET, unix socket / $c clients" "$1" p50_ms "${v#* }"
    done
    stop "$P"
    rm -rf "$W/redis"
}

postgres_by_socket() { # run
    local c v d=$W/pg-one
    pg_mk "$d" 5225
    echo "unix_socket_directories='$d'" >>"$d/postgresql.conf"
    pg_up "$d"
    (cd /tmp && pgbench -h "$d" -p 5225 -U bench -i -s 13 -q postgres) >>"$L/pg.log" 2>&1
    for c in 1 100; do
        v=$(cd /tmp && timeout 20 pgbench -h "$d" -p 5225 -U bench -S -M prepared -c $c -j $((c == 1 ? 1 : 2)) -T 2 -n \
            postgres 2>>"$L/pg.log" | awk '/^tps/ { print $3 }')
        emit reads "postgres select by key, prepared, unix socket / $c clients" "$1" reads_per_s "${v:-0}"
    done
    pg_down "$d"
    rm -rf "$d"
    PGS=""
}

ours_reads() {
    local k P c
    for k in $(seq "$RUNS"); do
        ! want redis || ! command -v redis-benchmark >/dev/null || redis_by_socket "$k"
        ! want postgres || ! command -v pgbench >/dev/null || postgres_by_socket "$k"
    done
    want selenga || return 0
    ours_fresh
    alone_up node 27151 || return 1
    P=$LAST
    "$programs/bench_ask" put "$nodes/node" 03 0 100000 500 4 >/dev/null && await quiet node || return 1
    for k in $(seq "$RUNS"); do
        for c in 1 100; do rec reads "selenga get by id, unix socket / $c clients" "$k" "$programs/bench_ask" get "$nodes/node" 03 $c 100000 2; done
    done
    ours_gone "$P"
}

ours_idle() {
    local k t0 t1 P
    want selenga || return 0
    for k in $(seq "$RUNS"); do
        ours_fresh
        node_root node 03 region 27161 || return 1
        t0=$(ms)
        node_up node || return 1
        t1=$(ms)
        P=$LAST
        sleep 1
        emit idle "selenga node, five programs and supervisor" "$k" start_ms $((t1 - t0))
        emit idle "selenga node, five programs and supervisor" "$k" pss_MiB "$(awk -v k="$(pss_of node)" 'BEGIN { printf "%.1f", k / 1024 }')"
        ours_gone "$P"
    done
}
