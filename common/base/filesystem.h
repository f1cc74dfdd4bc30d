// SPDX-License-Identifier: Apache-2.0
// File systems on which a node's store is not safe: they do not keep what fsync promised, or two computers
// write to one file behind each other's back.
#pragma once
#include <stdint.h>

// Its name for people, or NULL: a node may live on it. type: f_type of statfs(2).
const char *filesystem_refused(uint32_t type);

// The same of the file system that holds `path`, or, while that is not there, the nearest folder above it.
// NULL also when it cannot be told.
const char *filesystem_refused_at(const char *path);
