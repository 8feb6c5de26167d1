from intentbench.bench.language.speaking import speaking
from intentbench.reports import counted
from intentbench.reports.lists import following, joined, listed, parted


def test_names_are_joined_as_a_sentence_does():
    assert listed([]) == "" and listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c", "d"]) == "a, b, c and d"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
    assert joined(["a", "b"]) == "a, b" and joined([]) == ""
    assert parted(["a, b", "c"]) == "a, b; c"
    assert following(["One.", "", "Two."]) == "One. Two." and following([]) == ""


def test_names_are_joined_as_chinese_does():
    with speaking("zh"):
        assert listed(["甲"]) == "甲"
        assert listed(["甲", "乙", "丙"]) == "甲、乙和丙"
        assert listed(["甲", "乙", "丙", "丁", "戊"]) == "甲、乙、丙和另外 2 个"
        assert parted(["甲", "乙"]) == "甲；乙"
        assert following(["一。", "二。"]) == "一。二。"


def test_a_noun_follows_its_number():
    assert counted.cases(1) == "1 case" and counted.cases(1000) == "1\u202f000 cases"
    assert counted.cases(0) == "0 cases" and counted.folds(3) == "3 folds"
    with speaking("zh"):
        assert counted.cases(1) == "1 个案例" and counted.cases(1000) == "1\u202f000 个案例"
        assert counted.folds(3) == "3 折"
