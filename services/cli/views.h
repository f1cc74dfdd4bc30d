// SPDX-License-Identifier: Apache-2.0
// What several views say of the links of a node.
#pragma once
#include <stdbool.h>

#include "proto/api.pb-c.h"

// Prints, for each link that is refused or has a copy turned away, what that means and what to do.
// parent_only: only of the link with the parent.
void links_tell(const Selenga__Links *links, bool parent_only);
