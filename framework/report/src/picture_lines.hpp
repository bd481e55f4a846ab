// SPDX-License-Identifier: Apache-2.0
// The lines of pictures.jsonl: bounded, and nothing in them is trusted.
#pragma once

#include <string>
#include <vector>

#include <teranga/report/flat_object.hpp>
#include <teranga/report/picture_facts.hpp>

namespace teranga::report {

// The address of a PNG where it is nothing else; else nothing.
std::string address_in(const std::string& text);

void take_picture(const FlatObject& object, PicturesFact& pictures, std::vector<std::string>& notes);

}  // namespace teranga::report
