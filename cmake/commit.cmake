# SPDX-License-Identifier: Apache-2.0
# cmake -DSOURCE=FOLDER -DFORM=FILE -DOUTPUT=FILE -P commit.cmake: writes the header FORM with the commit that is built, if that has changed. A source without
# git, as in an archive, has none.
cmake_minimum_required(VERSION 3.23)
find_program(GIT git)
set(commit "")
if(GIT AND EXISTS ${SOURCE}/.git)
  execute_process(COMMAND ${GIT} -C ${SOURCE} describe --always --abbrev=12 --exclude=* --dirty=-changed
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
configure_file(${FORM} ${OUTPUT} @ONLY)
