# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A revoked child loses its link at once and is not let in again; a token's key survives a try that got no answer.
# shellcheck source=tests/e2e/lib.bash
source "$SOURCE/tests/e2e/lib.bash"
selenga=$BIN/selenga
unset SELENGA_NODE
cd "$TEST_DIR"
free_port
"$selenga" node init hub --org 03 --level region --listen "tcp://127.0.0.1:$port" 2>/dev/null
start_node hub
printf 'code,parent,kind,name\n03-08,03,municipal_authority,District\n03-10,03,school,School\n' >organisation.csv
"$selenga" --node hub import organisation organisation.csv >/dev/null
"$selenga" --node hub node invite --org 03-08 --level municipality >token 2>/dev/null
[ "$(wc -l <token)" = 1 ] # nothing but the token on stdout
"$selenga" node join child "$(cat token)" --name 'ММС' 2>/dev/null

# nobody of that name, or no reason: nothing happens
refuses 1 "$selenga" --node hub node revoke nobody --why 'x' 2>/dev/null
refuses 64 "$selenga" --node hub node revoke 03-08 2>/dev/null

# both ends know each other by the codes of their organisations
start_node child
is_linked() { "$selenga" --node child --json links | json 'd[0]["state"] == "up" and d[0]["role"] == "parent" and d[0]["peer"] == "03"'; }
expect_within 15 is_linked
"$selenga" --node hub --json links | json '[(r["peer"], r["state"]) for r in d] == [("03-08", "up")]'
"$selenga" --node hub --json node list | json '[(n["org"], n["name"], n["level"], n["link"]) for n in d] == [("03-08", "ММС", "municipality", "up")]'
"$selenga" --node child --json queues | json '{q["peer"] for q in d if q["flow"] == "up"} == {"03"}'
"$selenga" --node hub --json queues | json '{q["peer"] for q in d if q["flow"] == "down"} == {"03-08"}'

# cut off, and told so at the hub
"$selenga" --node hub node revoke 03-08 --why 'stolen' 2>/dev/null
is_cut() { { "$selenga" --node child --json links || [ $? = 1 ]; } | json 'd[0]["state"] != "up"'; }
expect_within 10 is_cut
"$selenga" --node hub --json node list | json 'd[0]["state"] == "revoked" and d[0]["why"] == "stolen"'
"$selenga" --node hub node status >/dev/null
stop_node

# nor after the hub was started again
"$selenga" --node hub node invite --org 03-10 --level school >token 2>/dev/null
stop_node
refuses 75 "$selenga" node join late "$(cat token)" --timeout 1 2>/dev/null
test ! -e late
key=$(sha256sum <late.joining/secret/node.key)
start_node hub
start_node child
is_refused() { { "$selenga" --node child --json links || [ $? = 1 ]; } | json 'd[0]["state"] == "refused"'; }
expect_within 15 is_refused

# the key of the try without an answer is the one that joins
"$selenga" node join late "$(cat token)" 2>/dev/null
[ "$key" = "$(sha256sum <late/secret/node.key)" ]
