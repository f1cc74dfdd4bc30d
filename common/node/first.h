// SPDX-License-Identifier: Apache-2.0
// While a node has no account: the code with which the first one is made in a browser, written by the
// registry into the node's directory, shown on the terminal where the node runs.
#pragma once

#define FIRST_CODE_FILE "run/first-code"
#define FIRST_PAGE "/first"

// Before there is a node: beside the folder that it will have, the code with which it is made in a browser.
// It stays until its recovery phrase is on paper.
#define FIRST_SETUP_SUFFIX ".setup"
#define FIRST_SETUP_PAGE "/setup"
