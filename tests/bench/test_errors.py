from intentbench.bench.errors import did_you_mean


def test_nearest_name_is_asked_for():
    assert did_you_mean("cdnov", ["online_shoppers", "cdnow"]) == "  Did you mean 'cdnow'?"


def test_same_letters_come_before_what_looks_alike():
    assert did_you_mean("BOUGHT", ["Bought", "BOUGHS"]) == "  Did you mean 'Bought'?"


def test_nothing_near_is_nothing_said():
    assert did_you_mean("zzzz", ["cdnow"]) == ""
