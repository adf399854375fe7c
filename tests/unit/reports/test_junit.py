from xml.etree import ElementTree as ET

from synthkit.reports.junit import Case, junit


def test_build_servers_read_it():
    text = junit("suite <1>", [Case('a & "b"'), Case("c", "1 < 2 \x00 & more")])
    root = ET.fromstring(text)
    assert root.tag == "testsuites"
    suite = root[0]
    assert suite.attrib["name"] == "suite <1>"
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("2", "1")
    assert [case.attrib["name"] for case in suite] == ['a & "b"', "c"]
    assert suite[0].find("failure") is None
    assert suite[1].find("failure").attrib["message"] == "1 < 2  & more"
