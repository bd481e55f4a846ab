// SPDX-License-Identifier: Apache-2.0
// Preloaded: as if this process had another version of TBB than others.
const char* TBB_runtime_version(void) { return "2020.3.0"; }
