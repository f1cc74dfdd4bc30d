// SPDX-License-Identifier: Apache-2.0
// On which file systems no node may live.
#include <linux/magic.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/filesystem.h"

static void shares_of_others_are_refused_by_name(void **state)
{
    (void)state;
    assert_string_equal(filesystem_refused(0xff534d42), "SMB/CIFS");
    assert_string_equal(filesystem_refused(SMB_SUPER_MAGIC), "SMB");
    assert_string_equal(filesystem_refused(V9FS_MAGIC), "9P");
    assert_string_equal(filesystem_refused(NFS_SUPER_MAGIC), "NFS");
    assert_string_equal(filesystem_refused(FUSE_SUPER_MAGIC), "FUSE");
    assert_string_equal(filesystem_refused(0x786f4256), "vboxsf");
}

static void disks_of_this_computer_are_taken(void **state)
{
    (void)state;
    static const uint32_t good[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
                                    F2FS_SUPER_MAGIC, TMPFS_MAGIC,     OVERLAYFS_SUPER_MAGIC,
                                    0x2fc12fc1 /* ZFS */};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_null(filesystem_refused(good[i]));
}

static void what_is_not_there_yet_lies_where_its_folder_does(void **state)
{
    (void)state;
    assert_null(filesystem_refused_at("/tmp"));
    assert_null(filesystem_refused_at("/tmp/not/there/yet///"));
    assert_null(filesystem_refused_at("nowhere"));
    assert_null(filesystem_refused_at(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_of_others_are_refused_by_name),
        cmocka_unit_test(disks_of_this_computer_are_taken),
        cmocka_unit_test(what_is_not_there_yet_lies_where_its_folder_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
