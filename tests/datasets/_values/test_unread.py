import pyarrow as pa
import pytest
from intentbench.datasets._values.unread import unread_notation


@pytest.mark.parametrize(
    ("texts", "like"),
    [
        (["10:30", "9:05 am"], "clock times or durations"),
        (["3 March", "May 14"], "days of a year that is not named"),
        (["令和元年五月一日", "平成元年一月八日"], "dates"),
        (["/Date(x)/", "Date(y)"], "dates"),
        (["18-24", "25 to 34"], "ranges of numbers"),
        (["mail", "A1"], ""),
        (["mail", "direct", "18-24"], ""),
        (["mail", "ad", None], ""),
        ([None], ""),
    ],
)
def test_a_notation_is_told_where_half_of_the_cells_have_it(texts, like):
    assert unread_notation(pa.array(texts, pa.string())) == like
