// SPDX-License-Identifier: Apache-2.0
// A real gate process, a plug as its registry, plugs with real CURVE keys as children and strangers.
#pragma once
#include "common/node/caller.h"
#include "proto/api.pb-c.h"
#include "tests/unit/gate/world.h"

extern gate_process_t gate;
extern plug_t registry, one, other;
extern node_keys_t child_keys, invitation_keys, stranger_keys;
extern path_t child_path;
extern uint32_t child_label;

int start_without_keys(void **state);
int give_keys(void); // the registry names one child and one invitation
int start(void **state);
int start_impatient(void **state); // with short deadlines and small bounds
int stop(void **state);
void connect_child(plug_t *plug);
envelope_t feed(uint32_t type, uint32_t service);
// A TCP connection that speaks as it likes.
int raw_connection(void);
// Reads until the other end closes; false when it does not.
bool is_closed_soon(int fd);
void still_works(void);

#define WITH_KEYS(test) cmocka_unit_test_setup_teardown(test, start, stop)
#define WITHOUT_KEYS(test) cmocka_unit_test_setup_teardown(test, start_without_keys, stop)
#define IMPATIENT(test) cmocka_unit_test_setup_teardown(test, start_impatient, stop)
