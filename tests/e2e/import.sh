# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Rejected rows in the order of lines, lists by value, and a node that dies in the middle of an import.
# shellcheck source=tests/e2e/lib.bash
source "$SOURCE/tests/e2e/lib.bash"
selenga=$BIN/selenga
unset SELENGA_NODE
cd "$TEST_DIR"
# a folder with a path longer than a local socket's may be
deep=$(printf 'd%.0s' {1..100})
mkdir "$deep"
"$selenga" node init "$deep/node" --org 03 --level region 2>/dev/null
ln -s "$deep/node" node
start_node node
export SELENGA_NODE=$TEST_DIR/$deep/node

# good rows are kept; bad ones are told in the order of lines, whoever found them bad
cat >staff.csv <<'END'
org,number,last_name,first_name,birth_date,post,post_class,from,to
03,1,Доржиева,Туяна,1990-02-30,учитель,pedagogue,2020-09-01,
03,2,Ли,Вера,1991-03-01,учитель,pedagogue,2020-09-01,
03,3,Цыренов,Баир,1985-05-05,директор,manager,2020-09-01,2019-01-01
99,4,Чужой,Иван,1985-05-05,учитель,pedagogue,2020-09-01,
03,5,"Банзаров, мл.",Пётр,1985-05-05,"учитель ""А""",pedagogue,2020-09-01,
03,6,Ли,Анна,1992-03-01,учитель,pedagogue,2020-09-01,
END
refuses 1 "$selenga" import staff staff.csv >out 2>said
[ "$(cat out)" = '3 new, 0 changed, 0 unchanged, 3 rejected' ]
[ "$(head -n 1 staff.csv.rejected.csv)" = $'\xef\xbb\xbforg,number,last_name,first_name,birth_date,post,post_class,from,to,line,reason' ]
[ "$(cut -d, -f10 staff.csv.rejected.csv | paste -sd' ')" = 'line 2 4 5' ]
grep -q staff.csv.rejected.csv said

# put right, the file of rejected rows goes
sed -i '2s/1990-02-30/1990-02-28/; 4d; 5d' staff.csv
"$selenga" --json import staff staff.csv | json '(d["new"], d["unchanged"], d["rejected"], d["rejected_file"]) == (1, 3, 0, None)'
test ! -e staff.csv.rejected.csv

# lists: by organisation, by value, bounded
"$selenga" --json list person --org 03 | json 'len(d) == 4'
"$selenga" --json list person --org 99 | json 'd == []'
"$selenga" --json list employment --where post_class=pedagogue --limit 2 | json 'len(d) == 2'
"$selenga" --json list identity --where last_name=Ли | json 'sorted(r["body"]["number"] for r in d) == ["2", "6"]'
refuses 1 "$selenga" list person --where nope=1 2>/dev/null
refuses 64 "$selenga" list person --limit 0 2>/dev/null
refuses 64 "$selenga" list person --where nope 2>/dev/null

# a node that dies in the middle of an import: not now, and again is safe
"$PYTHON" - >many.csv <<'END'
print("code,kind,title,org,starts_on,ends_on")
for i in range(6000): print(f"M-{i},seminar,Занятие {i},03,2024-01-01,2024-01-02")
END
head -n 3001 many.csv >half.csv
[ "$("$selenga" import event half.csv)" = '3000 new, 0 changed, 0 unchanged, 0 rejected' ]
kill -STOP "$(cat node/run/registry.pid)"
"$selenga" import event many.csv >out 2>said &
import=$!
is_connected() { find "/proc/$import/fd" -lname 'socket:*' | grep -q .; }
expect_within 20 is_connected
kill -KILL "${nodes[-1]}"
unset 'nodes[-1]'
code=0
wait "$import" || code=$?
[ "$code" = 75 ]
grep -q 'running it again is safe' said
[ ! -s out ]
start_node node
[ "$("$selenga" import event many.csv)" = '3000 new, 0 changed, 3000 unchanged, 0 rejected' ]
"$selenga" --json list event | json 'len(d) == 6000'
