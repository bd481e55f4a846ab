# SPDX-License-Identifier: Apache-2.0
"""Small trees that break one rule each: the rules must name the file and the line, and must be silent on a good tree."""
import shutil
import tempfile
import unittest
from pathlib import Path

import rules

LICENCE = f"// {rules.LICENCE}\n"
GOOD = {
    "README.md": "A house.\n",
    "CMakeLists.txt": "project(House)\n",
    "LICENSE": "Apache-2.0\n",
    "CITATION.cff": "cff-version: 1.2.0\n",
    "CMakePresets.json": "{}\n",
    ".clang-format": "\n",
    ".clang-tidy": "\n",
    ".gitignore": "/build/\n",
    ".ci/run": f"#!/bin/sh\n# {rules.LICENCE}\n",
    "cmake/dependencies.txt": "build  libfmt-dev  # text\nrun?  dataset\n",
    "cmake/packages.cmake": f'# {rules.LICENCE}\nteranga_need(fmt_FOUND libfmt-dev "fmt")\n',
    "cmake/modules.txt": "# module folder edges owns\n"
                       "core framework/core - -\n"
                       "comm framework/comm core mpi.h\n"
                       "model framework/model core -\n"
                       "model/plan framework/model/plan - -\n"
                       "model/run framework/model/run model/plan -\n"
                       "plugins plugins - zlib.h\n"
                       "data framework/data core zlib.h\n",
    "framework/core/CMakeLists.txt": "teranga_module(core SOURCES src/core.cpp LIBRARIES fmt::fmt)\n",
    "framework/core/include/teranga/core/core.hpp": LICENCE + "#include <vector>\n",
    "framework/core/src/core.cpp": LICENCE + '#include <teranga/core/core.hpp>\n#include "inner.hpp"\n',
    "framework/core/src/inner.hpp": LICENCE,
    "framework/comm/src/comm.cpp": LICENCE + "#include <mpi.h>\n#include <teranga/core/core.hpp>\n",
    "framework/model/CMakeLists.txt": "teranga_module(model\n  SOURCES src/model.cpp\n  MODULES core)\n",
    "framework/model/src/model.cpp": LICENCE + "#include <teranga/core/core.hpp>\n",
    "framework/model/plan/plan.hpp": LICENCE,
    "framework/model/run/run.hpp": LICENCE + '#include "plan/plan.hpp"\n',
    "plugins/layers/dense/dense.cpp": LICENCE + "#include <zlib.h>\n",
    "launcher/main.cpp": LICENCE,
    "datasets/digits.csv": "0,1\n",
    "tests/core_test.cpp": LICENCE,
}


class Rules(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="teranga-house-"))
        self.addCleanup(shutil.rmtree, self.root)
        for path, text in GOOD.items():
            self.write(path, text)

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def expect(self, place, *words):
        """Exactly one problem, at this place, with these words."""
        found = rules.check(self.root)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(place + ": "), found)
        for word in words:
            self.assertIn(word, found[0])

    def test_a_good_tree_has_no_problem(self):
        self.assertEqual(rules.check(self.root), [])

    def test_folders_made_by_use_are_no_part_of_the_tree(self):
        self.write("build/release/junk.cpp", "no licence\n")
        self.write("runs/lenet/log.txt", "ho" + "hum\n")
        self.assertEqual(rules.check(self.root), [])

    def test_an_edge_that_is_not_listed_is_named(self):
        self.write("framework/model/src/model.cpp", LICENCE + "\n#  include <teranga/comm/group.hpp>\n")
        self.expect("framework/model/src/model.cpp:3", "model may not include comm")

    def test_a_part_of_a_module_includes_what_is_listed_for_it(self):
        self.write("framework/model/plan/plan.hpp", LICENCE + '#include "run/run.hpp"\n')
        self.expect("framework/model/plan/plan.hpp:2", "model/plan may not include model/run")

    def test_a_plugin_may_not_reach_into_the_framework(self):
        self.write("plugins/layers/dense/dense.cpp", LICENCE + "#include <teranga/core/core.hpp>\n")
        self.expect("plugins/layers/dense/dense.cpp:2", "plugins may not include core")

    def test_a_link_that_is_not_listed_is_named(self):
        self.write("framework/model/CMakeLists.txt", "\nteranga_module(model SOURCES src/model.cpp MODULES core comm LIBRARIES x)\n")
        self.expect("framework/model/CMakeLists.txt:2", "model may not link comm")

    def test_a_cycle_of_the_list_is_spelt_out(self):
        modules = GOOD["cmake/modules.txt"].replace("core framework/core -", "core framework/core model")
        self.write("cmake/modules.txt", modules)
        self.expect("cmake/modules.txt:2", "core -> model -> core")

    def test_an_edge_to_no_room_is_named(self):
        self.write("cmake/modules.txt", GOOD["cmake/modules.txt"].replace("model framework/model core", "model framework/model core,attic"))
        self.expect("cmake/modules.txt:4", "'attic', which is no module")

    def test_mpi_stays_in_its_room(self):
        self.write("framework/model/src/model.cpp", LICENCE + "#include <mpi.h>\n")
        self.expect("framework/model/src/model.cpp:2", "<mpi.h> belongs to comm")

    def test_a_header_with_two_owners_stays_with_them(self):
        self.write("framework/model/src/model.cpp", LICENCE + "#include <zlib.h>\n")
        self.expect("framework/model/src/model.cpp:2", "plugins, data")

    def test_a_private_header_of_another_room_is_out_of_reach(self):
        self.write("framework/model/src/model.cpp", LICENCE + '#include "../../core/src/inner.hpp"\n')
        self.expect("framework/model/src/model.cpp:2", "is not a file of the module model")

    def test_a_public_header_in_the_wrong_folder_is_named(self):
        self.write("framework/model/include/net.hpp", LICENCE)
        self.expect("framework/model/include/net.hpp:1", "framework/model/include/teranga/model")

    def test_a_stray_file_on_the_top_level_is_named(self):
        self.write("notes.txt", "later\n")
        self.expect("notes.txt:1", "is not for the top level")

    def test_a_missing_part_of_the_top_level_is_named(self):
        (self.root / "CMakeLists.txt").unlink()
        self.expect("CMakeLists.txt:1", "is missing")

    def test_a_source_without_a_licence_is_named(self):
        self.write("launcher/main.cpp", "int main() {}\n")
        self.expect("launcher/main.cpp:1", "SPDX")

    def test_a_script_without_a_licence_is_named(self):
        self.write("launcher/quickstart", "#!/bin/sh\n")
        self.expect("launcher/quickstart:1", "SPDX")

    def test_a_long_source_is_named(self):
        self.write("launcher/main.cpp", LICENCE + "\n" * rules.LINES_AT_MOST)
        self.expect("launcher/main.cpp:501", "501 lines")

    def test_a_promise_is_named(self):
        self.write("launcher/main.cpp", LICENCE + "// TO" + "DO: all of it\n")
        self.expect("launcher/main.cpp:2", "promises")

    def test_a_path_of_one_machine_is_named(self):
        self.write("launcher/main.cpp", LICENCE + '\nconst char* folder = "/ho' + 'me/somebody";\n')
        self.expect("launcher/main.cpp:3", "path of one machine")

    def test_a_package_that_is_not_listed_is_named(self):
        self.write("cmake/packages.cmake", GOOD["cmake/packages.cmake"] + 'teranga_need(X "libfmt-dev libx-dev" "x")\n')
        self.expect("cmake/packages.cmake:3", "libx-dev")

    def test_a_package_listed_twice_is_named(self):
        self.write("cmake/dependencies.txt", GOOD["cmake/dependencies.txt"] + "test libfmt-dev\n")
        self.expect("cmake/dependencies.txt:3", "listed twice")


if __name__ == "__main__":
    unittest.main()
