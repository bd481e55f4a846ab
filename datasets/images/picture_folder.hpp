// SPDX-License-Identifier: Apache-2.0
// Which pictures a folder holds, and of which classes: it lists names and opens no picture.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace teranga::datasets {

struct ListedPicture {
  std::string path;
  std::int32_t label = -1;  // number in `classes`; -1: without a class
};

struct PictureFolder {
  std::vector<std::string> classes;            // names of the class folders; empty: the pictures lie in the folder itself and have no class
  std::vector<ListedPicture> pictures;         // class by class, by the bytes of their names
  std::map<std::string, std::int64_t> others;  // what was left out: "linked folders", folders that were not chosen, or files by the endings of their names; hidden ones are not counted
};

// Pictures are *.png, *.jpg, *.jpeg, *.pgm, *.ppm and *.bmp, in capitals too. They lie in <folder>/<class>, and folders below it are of that class; or, without classes, in the
// folder itself. Classes are those of `chosen`, in that order; where it is empty, all sub-folders by the bytes of their names. Hidden files and folders are
// passed over; a linked class folder is followed, linked folders below are not. Throws DataError; also where `all` are to be there and a chosen one is not.
struct Chosen {
  std::vector<std::string> names = {};
  bool all = false;
};
PictureFolder list_pictures(const std::string& folder, const Chosen& chosen);

// All pictures of the folder and of the folders in it, without classes. Throws DataError where there is none.
PictureFolder all_pictures(const std::string& folder);

bool has_picture_name(const std::string& path);

}  // namespace teranga::datasets
