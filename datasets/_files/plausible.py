"""The encoding of a text that does not say it: by what is plausible in each."""

import re

import numpy as np

# Of whole lines with letters beyond ASCII.
_MOST_LOOKED_AT = 1 << 18
_PLAUSIBLE = 0.8
# Pairs of bytes: first bytes in which most of Chinese is written by GB 2312 and by Big5, the first
# level, that of the common characters; and before it punctuation and wide letters.
_COMMON = {"gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6)}
_PUNCTUATION = (0xA1, 0xA3)
# By the same scheme: syllables of Korean, kana and the first level of Japanese.
_HANGUL, _KANA, _KANJI = (0xB0, 0xC8), (0xA4, 0xA5), (0xB0, 0xCF)
# Of Chinese, five in eight characters stand where all syllables of Korean do, and three in four
# where the common ones of Japanese do: so many different ones are no chance.
_FEWEST_SYLLABLES, _FEWEST_KANJI = 6, 12
# Second bytes beyond ASCII in Shift JIS.
_HIGH = 0.3
# The commonest letters of languages that are written in another script throughout.
_SCRIPTS = {
    "cp1251": "оеаинтсрвлкмдпуі",
    "koi8_r": "оеаинтсрвлкмдпу",
    "cp866": "оеаинтсрвлкмдпу",
    "cp1253": "αοιετσνηυρπκμλάίόέή",
    "cp1255": "יוהלאתרמשבנדםעק",
    "cp1256": "ايلمنوترهبدعةسف",
    "cp874": "านรอกเงมยลวดทสตะปบคหแพชข่้ัีิุู็ไใโ",
}
_OF_SCRIPT = 0.55
# Letters beyond ASCII of languages that are written in Latin script.
_WEST = (
    "äöüß", "àâçéèêëîïôûùüÿœæ", "áéíóúñü", "ãõáéíóúâêôçàü", "àèéìíòóùú", "åäöé", "åæøéòô",
    "éëïöüáó", "àçèéíïòóúü", "äöõüšž",
)  # fmt: skip
_LATIN = {
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž"),
    "iso8859_2": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű"),
    "cp1254": ("çğıöşüâîi̇",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž"),
    "cp850": ("".join(_WEST),),
    "mac_roman": ("".join(_WEST),),
}
_OF_LANGUAGE = 0.98


def plausible_encoding(content: bytes) -> str:
    """Name the encoding of a text that is not UTF-8; "cp1252" if no other is likelier.

    Chinese, Japanese and Korean are pairs of bytes of common characters nearly throughout; scripts
    other than Latin make whole words of bytes beyond ASCII, whose commonest letters are known; in
    Latin script, each language has its own few letters beyond ASCII.
    """
    sample = _lines_beyond_ascii(content)
    return _of_pairs(sample) or _of_script(sample) or _of_latin(sample) or "cp1252"


def _lines_beyond_ascii(content: bytes) -> bytes:
    found, size = [], 0
    for line in content[: 1 << 22].splitlines(keepends=True):
        if line.isascii():
            continue
        found.append(line)
        size += len(line)
        if size > _MOST_LOOKED_AT:
            break
    return b"".join(found)


def _of_pairs(sample: bytes) -> str:
    pairs = _different_pairs(sample, "euc_jp")
    if len(pairs) and _share(pairs, _KANA) >= 0.1 and len(pairs) >= _FEWEST_SYLLABLES:
        return "euc_jp"
    words = _without(_different_pairs(sample, "cp949"), _PUNCTUATION)
    if len(words) >= _FEWEST_SYLLABLES and _share(words, _HANGUL) >= _OF_LANGUAGE:
        return "cp949"
    words = _without(pairs, _PUNCTUATION)
    if len(words) >= _FEWEST_KANJI and _share(words, _KANJI) >= _OF_LANGUAGE:
        return "euc_jp"
    shares = {name: _share_of_common(sample, name) for name in _COMMON}
    shares["cp932"] = _share_of_japanese(sample)
    best = max(shares, key=shares.get)
    return best if shares[best] >= _PLAUSIBLE else ""


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _beyond(text: str) -> str:
    return "".join(letter for letter in text if ord(letter) > 0x7F)


def _different_pairs(content: bytes, encoding: str) -> np.ndarray:
    """Give the different pairs of bytes beyond ASCII; none if it is not so encoded."""
    letters = "".join(sorted(set(_beyond(_decoded(content, encoding)))))
    coded = np.frombuffer(letters.encode(encoding, "ignore"), dtype=np.uint8)
    if len(coded) != 2 * len(letters):
        return np.zeros((0, 2), dtype=np.uint8)
    return coded.reshape(-1, 2)


def _without(pairs: np.ndarray, leads: tuple[int, int]) -> np.ndarray:
    return pairs[(pairs[:, 0] < leads[0]) | (pairs[:, 0] > leads[1])]


def _share(pairs: np.ndarray, leads: tuple[int, int]) -> float:
    return float(((pairs[:, 0] >= leads[0]) & (pairs[:, 0] <= leads[1])).mean())


def _share_of_common(content: bytes, encoding: str) -> float:
    """Give the share of common Chinese characters beyond ASCII; 0 if it is not so encoded."""
    beyond = _beyond(_decoded(content, encoding))
    pairs = np.frombuffer(beyond.encode(encoding), dtype=np.uint8)
    if len(pairs) != 2 * len(beyond) or not len(beyond):
        return 0.0
    first, second = pairs[::2], pairs[1::2]
    low, high = _COMMON[encoding]
    common = (first >= low) & (first <= high)
    common |= (first >= _PUNCTUATION[0]) & (first <= _PUNCTUATION[1])
    if encoding == "gb18030":
        common &= second >= 0xA1
    return float(common.mean())


def _share_of_japanese(content: bytes) -> float:
    """Give the share of kana and common kanji beyond ASCII in Shift JIS; 0 if it is none."""
    beyond = _beyond(_decoded(content, "cp932"))
    common, high = 0, 0
    for letter in beyond:
        coded = letter.encode("cp932")
        # Kana of half a width are one byte, as accented letters are: too little to go by.
        common += len(coded) == 2 and (0x81 <= coded[0] <= 0x83 or 0x88 <= coded[0] <= 0x98)
        high += coded[-1] > 0x7F
    # An accented letter and the plain one behind it also make a pair.
    return common / len(beyond) if beyond and high >= _HIGH * len(beyond) else 0.0


def _of_script(sample: bytes) -> str:
    runs = re.findall(rb"[\x80-\xff]+", sample)
    total = sum(map(len, runs))
    if not total or sum(len(run) for run in runs if len(run) > 1) < _PLAUSIBLE * total:
        return ""
    shares = {name: _share_of_letters(sample, name) for name in _SCRIPTS}
    best = max(shares, key=shares.get)
    return best if shares[best] >= _OF_SCRIPT else ""


def _share_of_letters(content: bytes, encoding: str) -> float:
    """Give the share of the script's commonest letters; a capital inside a word counts against."""
    text = _decoded(content, encoding)
    beyond = _beyond(text)
    if not beyond:
        return 0.0
    common = set(_SCRIPTS[encoding])
    found = sum(letter.lower() in common for letter in beyond)
    before = zip(text, text[1:], strict=False)
    odd = sum(ord(b) > 0x7F and b.isupper() and ord(a) > 0x7F and a.islower() for a, b in before)
    return (found - 2 * odd) / len(beyond)


def _of_latin(sample: bytes) -> str:
    if _share_of_language(sample, "cp1252", _WEST) >= _OF_LANGUAGE:
        return "cp1252"
    shares = {name: _share_of_language(sample, name, sets) for name, sets in _LATIN.items()}
    best = max(shares, key=shares.get)
    return best if shares[best] >= _OF_LANGUAGE else ""


def _share_of_language(content: bytes, encoding: str, languages: tuple[str, ...]) -> float:
    """Give the share of letters beyond ASCII that are those of the language that fits best.

    Signs count only where they stand next to a letter: there they are wrongly read ones.
    """
    text = _decoded(content, encoding)
    letters = [
        letter.lower()
        for before, letter, after in zip(f" {text}", text, f"{text[1:]} ", strict=False)
        if ord(letter) > 0x7F
        and (letter.isalpha() or (before.isalpha() and after.isalpha()) and letter not in "’·")
    ]
    if not letters:
        return 1.0 if text else 0.0
    return max(sum(letter in own for letter in letters) / len(letters) for own in languages)
