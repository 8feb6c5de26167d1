"""Encodings: told by their marks or by plausibility, and never swallowed without a word."""

import pytest
from intentbench.bench.errors import DataError
from intentbench.datasets._files.encoding import check_encoding, decode
from intentbench.datasets._files.plausible import plausible_encoding

MAINLAND = "商品,价格,购买\n苹果手机,三千元,是\n有人在这里的时候下单一次,中国北京,否\n"
TAIWAN = "商品,價格,購買\n蘋果手機,三千元,是\n有人在這裡的時候下單一次,台灣台北,否\n"
WESTERN = "café,été,naïve\nMünchen,Ångström,señor\n"
WRITTEN = {
    "gb18030": (MAINLAND, "gb18030"),
    "a few letters in gb18030": ("价格,是\n3,否\n", "gb18030"),
    "big5": (TAIWAN, "big5"),
    "cp1252": (WESTERN, "cp1252"),
    "Cyrillic": ("Привет,мир,как дела\nда,нет,может быть\n", "cp1251"),
    "Cyrillic of Unix": ("Привет,мир,как дела\nда,нет,может быть\n", "koi8_r"),
    "Cyrillic of DOS": ("Москва,Казань\nда,нет\n", "cp866"),
    "Japanese": ("東京都,はい\n大阪府,いいえ\nカタカナ,1\n", "cp932"),
    "Japanese in names of towns": ("東京都\n大阪府\n北海道\n愛知県\n", "cp932"),
    "Japanese of Unix": ("東京都,はい\n大阪府,いいえ\nカタカナ,1\n", "euc_jp"),
    "Korean": ("서울,예\n부산,아니오\n인천광역시,예\n", "cp949"),
    "Polish": ("Łódź,tak\nGdańsk,nie\nKraków,nie\nWrocław,tak\n", "cp1250"),
    "Polish of ISO": ("Łódź,ąę\nGdańsk,ś\nWrocław,tak\n", "iso8859_2"),
    "Czech": ("Příbram,ano\nPlzeň,ne\nLiberec žluťoučký kůň\n", "cp1250"),
    "Turkish": ("İstanbul,Evet\nMuğla,Hayır\nŞişli\n", "cp1254"),
    "Greek": ("Αθήνα,ναι\nΘεσσαλονίκη,όχι\n", "cp1253"),
    "Hebrew": ("תל אביב,כן\nירושלים,לא\n", "cp1255"),
    "Arabic": ("القاهرة,نعم\nالرياض,لا\n", "cp1256"),
    "Thai": ("กรุงเทพ,ใช่\nเชียงใหม่,ไม่\n", "cp874"),
    "a Mac": ("Zürich,Genève\nBâle,Köln\n", "mac_roman"),
    "German": ("Köln,Müller\nStraße,Äpfel\n", "cp1252"),
    "prices": ("1 €\n2 €\n", "cp1252"),
}


@pytest.mark.parametrize(("text", "encoding"), WRITTEN.values(), ids=WRITTEN)
def test_an_encoding_is_told_by_what_is_plausible_in_it(text, encoding):
    content = text.encode(encoding)
    assert plausible_encoding(content) == encoding
    read, (note,) = decode(content, "visits.csv")
    assert read.decode() == text
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
