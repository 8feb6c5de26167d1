"""Encodings: told by their marks or by plausibility, and never swallowed without a word."""

import pytest
from intentbench.bench.errors import DataError
from intentbench.datasets._files.encoding import check_encoding, decode, plausible_encoding

MAINLAND = "商品,价格,购买\n苹果手机,三千元,是\n有人在这里的时候下单一次,中国北京,否\n"
TAIWAN = "商品,價格,購買\n蘋果手機,三千元,是\n有人在這裡的時候下單一次,台灣台北,否\n"
WESTERN = "café,été,naïve\nMünchen,Ångström,señor\n"
WRITTEN = {
    "gb18030": (MAINLAND, "gb18030"),
    "a few letters in gb18030": ("价格,是\n3,否\n", "gb18030"),
    "big5": (TAIWAN, "big5"),
    "cp1252": (WESTERN, "cp1252"),
    "Cyrillic": ("Привет,мир,как дела\nда,нет,может быть\n", "cp1251"),
}


@pytest.mark.parametrize(("text", "encoding"), WRITTEN.values(), ids=WRITTEN)
def test_an_encoding_is_told_by_what_is_plausible_in_it(text, encoding):
    content = text.encode(encoding)
    expected = encoding if encoding != "cp1251" else "cp1252"
    assert plausible_encoding(content) == expected
    read, (note,) = decode(content, "visits.csv")
    assert read.decode() == content.decode(expected)
    assert "is not UTF-8" in note and "--encoding" in note


@pytest.mark.parametrize(("text", "encoding"), WRITTEN.values(), ids=WRITTEN)
def test_a_named_encoding_is_taken_without_a_word(text, encoding):
    assert decode(text.encode(encoding), "visits.csv", encoding) == (text.encode(), [])


def test_another_encoding_than_the_named_one_is_refused():
    with pytest.raises(DataError, match="visits.csv, line 1: not in utf-8, as was asked"):
        decode(WESTERN.encode("latin-1"), "visits.csv", "utf-8")


def test_only_encodings_of_texts_can_be_named():
    check_encoding("")
    check_encoding("Shift-JIS")
    for name in ("utf9", "base64", "\0"):
        with pytest.raises(DataError, match="there is no encoding"):
            check_encoding(name)
