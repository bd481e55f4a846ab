// SPDX-License-Identifier: Apache-2.0
// Whether a class has a member of some name, whatever its signature: a function of an author that cannot be called is then told from one that is left out.
#pragma once

#include <type_traits>

// Names_NAME<L>: the name is ambiguous in a class that inherits from L and from one that has it. Of a final class it is not known.
#define TERANGA_DETAIL_NAMES(NAME)                                                    \
  struct Other_##NAME { int NAME; };                                                  \
  template <class L> struct Both_##NAME : L, Other_##NAME {};                         \
  template <class L> concept Names_##NAME = !std::is_final_v<L> && !requires { &Both_##NAME<L>::NAME; };
