# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the command line says and how it ends where no node is needed: help at every level, wrong usage, exit codes.
# shellcheck source=tests/e2e/lib.bash
source "$SOURCE/tests/e2e/lib.bash"
selenga=$BIN/selenga
unset SELENGA_NODE
cd "$TEST_DIR"

says() { # TEXT COMMAND...: the command fails and its stderr holds the text
    local text=$1
    shift
    if "$@" 2>said.txt >/dev/null; then return 1; fi
    grep -qF -- "$text" said.txt || { echo "does not say '$text': $*" >&2; return 1; }
}

# wrong usage is 64, and says where help is
refuses 64 "$selenga" 2>/dev/null
refuses 64 "$selenga" node 2>/dev/null
refuses 64 "$selenga" frobnicate 2>/dev/null
refuses 64 "$selenga" queues --frobnicate 2>/dev/null
refuses 64 "$selenga" import staff 2>/dev/null
refuses 64 "$selenga" queues 2>/dev/null # no node named
refuses 64 "$selenga" node init d --level school 2>/dev/null
refuses 64 "$selenga" node init d --org 03 2>/dev/null
refuses 64 "$selenga" node init d --org 03 --level village 2>/dev/null
refuses 64 "$selenga" node init d --org 'a b' --level school 2>/dev/null
refuses 64 "$selenga" node init d --org 03 --level region --listen 127.0.0.1:7700 2>/dev/null
for port in 0 65536 99999999 -1 +7700 77x '' '*'; do
    refuses 64 "$selenga" node init d --org 03 --level region --listen "tcp://127.0.0.1:$port" 2>/dev/null
done
refuses 64 "$selenga" --node d node revoke 03-08 2>/dev/null # no reason
refuses 64 "$selenga" --node d delete event E-1 2>/dev/null
refuses 64 "$selenga" --node d report --pdf r.pdf 2>/dev/null
says "did you mean 'import'" "$selenga" imprt staff x.csv
test ! -e d

# refused is 1
refuses 1 "$selenga" --node nowhere queues 2>/dev/null
refuses 1 "$selenga" kinds persn 2>/dev/null
refuses 1 "$selenga" node join d nonsense 2>/dev/null
refuses 1 "$selenga" node run nowhere 2>/dev/null
mkdir full && touch full/file
refuses 1 "$selenga" node init full --org 03 --level region 2>/dev/null
[ "$(ls full)" = file ]

# every level has help, on stdout, with examples for each verb
"$selenga" --help >first.txt # a pipe to grep -q would be closed early
grep -q 'Usage: selenga' first.txt
"$selenga" --version | grep -q '^selenga [0-9]'
"$selenga" node --help >node.txt
grep -q 'invite' node.txt
for verb in 'node init' 'node invite' 'node join' 'node run' 'node status' 'node list' 'node revoke' 'node key phrase' 'node tls' 'node card' 'node admit' 'node rejoin' kinds import template export put get list delete history trace restore attention \
    queues links 'quarantine list' 'quarantine retry' 'quarantine discard' report 'route propose' 'route confirm' 'route show' \
    'account add' 'account list' 'account lock' 'account reset' access 'audit list' 'audit verify'; do
    # shellcheck disable=SC2086 # words
    "$selenga" $verb --help >help.txt
    grep -q "^Usage: selenga $verb" help.txt
    grep -q '^Examples:' help.txt
    grep -q "^  $verb" first.txt || { echo "not on the first page: $verb" >&2; exit 1; }
done

# kinds need no node
"$selenga" kinds >kinds.txt # whole: grep -q would end before it does
grep -q mentoring-pair kinds.txt
"$selenga" kinds employment | grep -q number
"$selenga" --json kinds person | jq -e . >/dev/null 2>&1 || ! command -v jq >/dev/null

# init makes a whole node, or nothing
"$selenga" node init region --org 03 --level region --name 'ЦНППМ' --listen tcp://127.0.0.1:7999 2>/dev/null
stores=$(sed -nE 's|^ +S\([0-9]+, [A-Z]+, ([a-z]+)\).*|store/\1|p' "$SOURCE/proto/message.h")
[ "$(wc -w <<<"$stores")" -ge 4 ]
for what in node.conf secret/node.key secret/root.key run log $stores; do
    test -e "region/$what"
done
[ "$(stat -c %a region/secret)" = 700 ]
[ "$(stat -c %a region/secret/node.key region/secret/root.key | sort -u)" = 600 ]
[ ! -e region/secret/person.key ]
test ! -e region.new
test ! -e region/draft
before=$(sha256sum region/node.conf region/secret/*)
refuses 1 "$selenga" node init region --org 03 --level region 2>/dev/null
[ "$before" = "$(sha256sum region/node.conf region/secret/*)" ]
# in a folder where others write: neither their links are followed, nor what they put in a draft's place is emptied
ln -s region planted.new
says 'planted.new is there' "$selenga" node init planted --org 03 --level region
rm planted.new
mkdir planted.new
ln -s "$PWD/region/secret" planted.new/secret
says 'planted.new is there' "$selenga" node init planted --org 03 --level region
rm -r planted.new
mv region planted.new
says 'planted.new is there' "$selenga" node init planted --org 03 --level region
mv planted.new region
ln -s region planted
says 'planted exists' "$selenga" node init planted --org 03 --level region
[ "$before" = "$(sha256sum region/node.conf region/secret/*)" ]

mkdir -m 777 open
chmod 777 open
says 'everybody may write to' "$selenga" node init open/n --org 03 --level region
[ -z "$(ls open)" ]
chmod 1777 open
"$selenga" node init open/n --org 03 --level region 2>/dev/null

# a draft that was broken off is in nobody's way
mkdir -m 700 broken.new broken.new/secret broken.new/store
touch broken.new/draft broken.new/secret/root.key
"$selenga" node init broken --org 03 --level region 2>/dev/null
[ ! -e broken.new ] && [ -s broken/secret/root.key ] && [ ! -e broken/draft ]
"$selenga" --json node init other --org 04 --level federation | grep -q '"level": "federation"'

# a node that does not run is "not now"
refuses 75 "$selenga" --node region queues 2>/dev/null
SELENGA_NODE=region refuses 75 "$selenga" node status 2>/dev/null
says 'selenga node run' "$selenga" --node region links

# a result that cannot be written is not done
refuses 75 bash -c "\"$selenga\" kinds >/dev/full" 2>/dev/null
