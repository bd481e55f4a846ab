// SPDX-License-Identifier: Apache-2.0
// The border's note of a plugin without a source in C or C++: Fortran has no words for a section of an ELF file.
#include <teranga/sdk/c/library.h>

TRG_DECLARE_BORDER();
