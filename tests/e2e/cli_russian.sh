# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Messages are Russian when the locale says so, also where that locale was never generated.
# shellcheck source=tests/e2e/lib.bash
source "$SOURCE/tests/e2e/lib.bash"
selenga=$BIN/selenga
cd "$TEST_DIR"
unset SELENGA_NODE LC_ALL LC_MESSAGES LANG LANGUAGE

"$selenga" --help | grep -q '^Usage:'
LANG=en_US.UTF-8 "$selenga" --help | grep -q '^Usage:'
LANG=ru_RU.UTF-8 LC_ALL=C.UTF-8 "$selenga" --help | grep -q '^Usage:'
for variable in LANG LC_ALL LC_MESSAGES; do
    env "$variable=ru_RU.UTF-8" "$selenga" --help >help.txt
    grep -q '^Вызов:' help.txt
    refuses 64 env "$variable=ru_RU.UTF-8" "$selenga" frobnicate 2>said.txt
    grep -q 'нет команды' said.txt
done
LC_ALL=ru "$selenga" node join --help | grep -q '^Примеры:'
LC_ALL=ru_RU.UTF-8 "$selenga" kinds | grep -q '[а-я]'
