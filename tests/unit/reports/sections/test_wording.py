from synthkit.reports.sections.wording import joined, rounded, short


def test_words():
    assert joined([]) == ""
    assert joined(["a"]) == "a"
    assert joined(["a", "b"]) == "a and b"
    assert rounded(None) is None
    assert rounded(1 / 3) == 0.333
    assert len(short("x" * 90, 14)) == 14
    assert short("short") == "short"
