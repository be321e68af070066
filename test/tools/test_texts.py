# SPDX-License-Identifier: Apache-2.0
"""tools/check/texts.py and tools/check/registered.py"""
import pytest

BAD = {
    "a path of one machine": "/* see /" + "home/me/notes */\n",
    "the host name of a package registry": "# from https://" + "pypi" + ".org/simple\n",
    "a note to oneself": "/* TO" + "DO: later */\n",
    "white space at the end of the line": "int x; \n",
    "no newline at the end of the file": "int x;",
}


@pytest.mark.parametrize("message,text", BAD.items())
def test_a_forbidden_text_is_found(sample, message, text):
    sample.write("host/a.c", text)
    assert sample.check("texts") == [f"host/a.c:2: {message}"]


def test_a_source_without_a_licence_line_is_found(sample):
    sample.write("host/a.c", "int x;\n", licence="")
    assert len(sample.check("texts")) == 1


def test_paths_every_machine_has_and_urls_pass(sample):
    sample.write("host/a.c", "/* /usr/bin/python3 /tmp/x https://example.com/home/page */\n")
    assert sample.check("texts") == []


def test_a_source_that_no_cmake_file_names_is_found(sample):
    sample.write("host/CMakeLists.txt", "add_library(x csv.c)\n", licence="")
    sample.write("host/csv.c", "")
    assert sample.check("registered") == []
    sample.write("host/other.c", "")
    assert sample.check("registered") == ["host/other.c:1: no CMake file names this source"]


def test_a_unit_test_is_registered_by_its_name(sample):
    sample.write("test/unit/CMakeLists.txt", "otk_unit_test(slot otakit_sim)\n", licence="")
    sample.write("test/unit/test_slot.c", "")
    assert sample.check("registered") == []
    sample.write("test/unit/test_slots.c", "")
    assert len(sample.check("registered")) == 1


def test_a_longer_name_does_not_register_a_shorter_one(sample):
    sample.write("host/CMakeLists.txt", "add_library(x my_csv.c)\n", licence="")
    sample.write("host/my_csv.c", "")
    sample.write("host/csv.c", "")
    assert sample.check("registered") == ["host/csv.c:1: no CMake file names this source"]
