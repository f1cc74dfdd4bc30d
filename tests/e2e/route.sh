# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# From a teacher's results to a route: proposed by the program with its reasons, in force only when a person agrees.
# shellcheck source=tests/e2e/lib.bash
source "$SOURCE/tests/e2e/lib.bash"
selenga=$BIN/selenga
cd "$TEST_DIR"
"$selenga" node init node --org 03 --level region 2>/dev/null
start_node node
export SELENGA_NODE=$TEST_DIR/node

put() { printf '%s\n' "$2" >sheet.csv && "$selenga" import "$1" sheet.csv >/dev/null; }
put staff 'org,number,last_name,first_name,post,post_class,from
03,1,Доржиева,Туяна,учитель,pedagogue,2020-09-01
03,2,Ли,Вера,учитель,pedagogue,2010-09-01'
put competency "framework,code,class,title,required_percent
$(for i in {1..11}; do echo "F,C-$i,subject,Умение $i,80"; done)"
put campaign 'code,title,framework,org,from,to
D-1,Диагностика,F,03,2024-10-01,2024-10-31'

# who has no needs gets no route
refuses 1 "$selenga" route propose 03:1 2>/dev/null
refuses 1 "$selenga" route propose 03:99 2>/dev/null
refuses 64 "$selenga" route propose 99 2>/dev/null

# the draft has a step for each need, in order, each with its reason
put result "campaign,person,competency,score,max,taken_on
$(for i in {1..11}; do echo "D-1,03:1,C-$i,$i,20,2024-10-05"; done)"
has_needs() { "$selenga" --json list deficit | json 'len(d) == 11'; }
expect_within 10 has_needs
"$selenga" --json route propose 03:1 --campaign D-1 >draft.json 2>said
json '[r["kind"] for r in d] == ["route"] + ["activity"] * 11 and d[0]["body"]["state"] == "draft"' <draft.json
json '[r["body"]["code"] for r in d[1:]] == [str(i) for i in range(1, 12)] and all(r["body"]["reason"] for r in d[1:])' <draft.json
grep -q 'selenga route confirm' said
json 'd[1]["body"]["reason"].startswith("NEED:F:C-1:high:5:D-1") and d[1]["body"]["title"] == "WITH-MENTOR"' <draft.json
code=$("$PYTHON" -c 'import json; print(json.load(open("draft.json"))[0]["body"]["code"])')

# who reads it reads sentences
"$selenga" route show "$code" | grep -q 'F:C-1: high need (5 % in D-1)'

# nobody's name, nothing in force
refuses 64 "$selenga" route confirm "$code" 2>/dev/null
refuses 64 "$selenga" route confirm "$code" --by 'А. Ли' --tutor nobody 2>/dev/null
"$selenga" --json route show "$code" | json 'd[0]["body"]["state"] == "draft"'
"$selenga" --json route confirm "$code" --by 'А. Ли' --tutor 03:2 |
    json '(d[0]["body"]["state"], d[0]["body"]["confirmed_by"], d[0]["body"]["tutor"]) == ("agreed", "А. Ли", "03:2")'
"$selenga" --json route show "$code" | json 'len(d) == 12 and d[0]["body"]["state"] == "agreed"'
refuses 1 "$selenga" route show R-nope 2>/dev/null

# an id names it as well as its code
id=$("$selenga" --json route show "$code" | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')
"$selenga" --json route show "$id" | json '[r["kind"] for r in d] == ["route"] + ["activity"] * 11'

# a number comes back as it was put, to its last digit, and putting what came changes nothing
echo '{"code": "I-9", "title": "И", "unit": "count", "numerator": "count(person)", "target_op": ">=",
    "target_value": 123456789.25, "valid_from": "2024-01-01"}' | "$selenga" put indicator >/dev/null
"$selenga" --json list indicator --where code=I-9 >indicator.json
json 'd[0]["body"]["target_value"] == 123456789.25' <indicator.json
"$selenga" --json put indicator indicator.json | json 'd["unchanged"] == 1'
