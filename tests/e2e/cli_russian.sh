# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Messages are Russian when the locale says so, also where that locale was never generated.
# shellcheck source=tests/e2e/lib.bash
source "$SOURCE/tests/e2e/lib.bash"
selenga=$BIN/selenga
cd "$TEST_DIR"
unset SELENGA_NODE LC_ALL LC_MESSAGES LANG LANGUAGE

begins_with_usage() { "$@" --help >help.txt && grep -q '^Usage:' help.txt; } # a pipe would be closed early
begins_with_usage "$selenga"
begins_with_usage env LANG=en_US.UTF-8 "$selenga"
begins_with_usage env LANG=ru_RU.UTF-8 LC_ALL=C.UTF-8 "$selenga"
for variable in LANG LC_ALL LC_MESSAGES; do
    env "$variable=ru_RU.UTF-8" "$selenga" --help >help.txt
    grep -q '^Вызов:' help.txt
    refuses 64 env "$variable=ru_RU.UTF-8" "$selenga" frobnicate 2>said.txt
    grep -q 'нет команды' said.txt
done
LC_ALL=ru "$selenga" node join --help >help.txt
grep -q '^Примеры:' help.txt
LC_ALL=ru_RU.UTF-8 "$selenga" kinds >kinds.txt
grep -q '[а-я]' kinds.txt
# Words of two bytes a letter: a workbook's drop-downs hold fewer of them.
for sheet in organisation staff programme event; do
    LC_ALL=ru_RU.UTF-8 "$selenga" template "$sheet" --xlsx "$sheet.xlsx"
done
# What the system says, too.
refuses 1 env LC_ALL=ru_RU.UTF-8 "$selenga" put event /nowhere/there 2>said.txt
grep -qx 'selenga: /nowhere/there: Нет такого файла или каталога' said.txt
refuses 1 env LC_ALL=C.UTF-8 "$selenga" put event /nowhere/there 2>said.txt
grep -qx 'selenga: /nowhere/there: No such file or directory' said.txt
