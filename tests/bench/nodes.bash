# SPDX-License-Identifier: Apache-2.0
# Nodes for benchmarks: sourced by run and ours.sh. The caller sets `programs` (folder of the built programs) and
# `nodes` (folder for nodes), and defines bench_spawn (starts a program in the background, LAST is its number).

# The gate, and the services of proto/message.h.
node_programs="gate $(sed -nE 's/^ +S\([0-9]+, [A-Z]+, ([a-z]+)\).*/\1/p' "${BASH_SOURCE[0]%/*}/../../proto/message.h" | tr '\n' ' ')"

ask() { # node, what to ask
    local name=$1
    shift
    "$programs/selenga" --node "$nodes/$name" "$@" 2>>"$nodes/bench.log"
}

node_up() { # name: starts it, waits until it is ready; LAST is its number
    local out=$nodes/$1.out i
    : >"$out"
    bench_spawn bash -c 'exec "$1/selenga" node run "$2" >"$3" 2>>"$4" </dev/null' _ "$programs" "$nodes/$1" "$out" "$nodes/bench.log"
    for ((i = 0; i < 6000; i++)); do
        grep -qx ready "$out" && return 0
        kill -0 "$LAST" 2>/dev/null || break
        sleep 0.02
    done
    echo "bench: node $1 does not start" >&2
    tail -n 5 "$nodes/bench.log" >&2
    return 1
}

node_root() { # name org level port
    "$programs/selenga" node init "$nodes/$1" --org "$2" --level "$3" --listen "tcp://127.0.0.1:$4" >>"$nodes/bench.log" 2>&1
}

node_join() { # name org level above [port]
    local token
    token=$(ask "$4" node invite --org "$2" --level "$3") || return 1
    "$programs/selenga" node join "$nodes/$1" "$token" ${5:+--listen "tcp://127.0.0.1:$5"} >>"$nodes/bench.log" 2>&1
}

await() { # command: until it succeeds, a minute at most
    local i
    for ((i = 0; i < 1200; i++)); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.05
    done
    echo "bench: waited in vain for: $*" >&2
    return 1
}

has() { # node kind key: does it hold that record?
    [ -n "$(ask "$1" get "$2" "$3")" ]
}

people_of() { # org, how many: a staff sheet
    echo "org,number,last_name,first_name,birth_date,post,post_class,rate,main_place,external,from"
    awk -v org="$1" -v n="$2" 'BEGIN { for (i = 1; i <= n; i++)
        printf "%s,%d,Петрова,Ольга,%d-%02d-%02d,учитель,pedagogue,1,yes,no,2015-09-01\n", org, i, 1960 + i % 40, 1 + i % 12, 1 + i % 28 }'
}

# A municipal hub whose region has gone away, so that all its lanes and indexes are kept and nobody else works.
# What a child is invited for must be known: `count` schools below each prefix, as bench_load names them.
schools_of() { # count prefix...
    local count=$1 prefix
    shift
    printf 'code,parent,kind,name\n03,,ministry,Region\n03-08,03,methodical_service,Hub\n'
    for prefix in "$@"; do
        seq -f "$prefix-%05.0f,03-08,school,School" "$count"
    done
}
hub_alone() { # port of the region, port of the hub, count of schools, prefix of their codes...
    mkdir -p "$nodes"
    node_root region 03 region "$1" && node_up region || return 1
    local region=$LAST
    schools_of "${@:3}" >"$nodes/organisation.csv"
    ask region import organisation "$nodes/organisation.csv" >>"$nodes/bench.log" || return 1
    node_join hub 03-08 municipality region "$2" && node_up hub || return 1
    await quiet region || return 1
    await has hub organisation "$(tail -n 1 "$nodes/organisation.csv" | cut -d, -f1)" || return 1
    bench_stop "$region"
}

# As many people as the acts of the load are about (acts.h): with few of them each has ever more acts, and what is
# counted again for each person grows with the store.
people=4000

# Region, hub and school, with these people at the school and a methodist whom all of them know.
chain_up() { # first of two ports; REGION, HUB and SCHOOL are their numbers
    mkdir -p "$nodes"
    node_root region 03 region "$1" && node_up region || return 1
    REGION=$LAST
    printf 'code,parent,kind,name\n03,,ministry,Region\n03-08,03,methodical_service,Hub\n03-08-01,03-08,school,School\n' >"$nodes/organisation.csv"
    ask region import organisation "$nodes/organisation.csv" >>"$nodes/bench.log" || return 1
    node_join hub 03-08 municipality region $(($1 + 1)) && node_up hub || return 1
    HUB=$LAST
    await has hub organisation 03-08-01 && node_join school 03-08-01 school hub && node_up school || return 1
    SCHOOL=$LAST
    people_of 03-08-01 $people >"$nodes/staff.csv"
    await has school organisation 03-08-01 && ask school import staff "$nodes/staff.csv" >>"$nodes/bench.log" || return 1
    await has region person 03-08-01:$people || return 1
    printf 'code,person,act,from\nM-1,03-08-01:1,order,2020-01-01\n' >"$nodes/methodist.csv"
    ask region import methodist "$nodes/methodist.csv" >>"$nodes/bench.log" || return 1
    await has school methodist M-1 && await quiet school
}

# One node that has no other, with these people and a methodist whom all of them know; LAST is its number.
alone_up() { # name port
    local pid
    mkdir -p "$nodes"
    node_root "$1" 03 region "$2" && node_up "$1" || return 1
    pid=$LAST
    people_of 03 $people >"$nodes/staff.csv"
    printf 'code,person,act,from\nM-1,03:1,order,2020-01-01\n' >"$nodes/methodist.csv"
    ask "$1" import staff "$nodes/staff.csv" >>"$nodes/bench.log" && ask "$1" import methodist "$nodes/methodist.csv" >>"$nodes/bench.log" || return 1
    await quiet "$1"
    LAST=$pid
}

# The root node `country`, stopped, with 1.3 million people to report on.
country_make() { # port
    mkdir -p "$nodes"
    node_root country 00 federation "$1" && node_up country || return 1
    bench_stop "$LAST"
    "$programs/bench_fill" "$nodes/country" 1300000 >>"$nodes/bench.log"
}

held() { # node: how many records its routing holds
    "$programs/bench_ask" count "$nodes/$1" | awk -F'\t' '{ print $3 }'
}

quiet() { # node: nothing waits in its queues
    local json
    json=$(ask "$1" --json queues) || return 1
    ! tr -d ' \n' <<<"$json" | grep -q '"waiting":[1-9]'
}

cpu_of() { # node: milliseconds of CPU that its programs have used so far, one line each
    local p pid
    for p in $node_programs; do
        pid=$(cat "$nodes/$1/run/$p.pid") && awk -v p="$p" '{ print p, ($14 + $15) * 10 }' "/proc/$pid/stat"
    done
}

# KiB of a program's memory that no file stands behind, its store's map not counted; nothing once it is gone.
anonymous() { awk '/^RssAnon/ { print $2 }' "/proc/$1/status" 2>/dev/null; }

pss_of() { # node: KiB of its five programs and of their supervisor
    local p above
    above=$(awk '/^PPid/ { print $2 }' "/proc/$(cat "$nodes/$1/run/gate.pid")/status")
    for p in $above $(for p in $node_programs; do cat "$nodes/$1/run/$p.pid"; done); do
        awk '/^Pss:/ { print $2 }' "/proc/$p/smaps_rollup"
    done | awk '{ n += $1 } END { print n }'
}
