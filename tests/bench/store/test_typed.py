from dataclasses import dataclass

from intentbench.bench.language.sentence import Sentence, Stated, Text
from intentbench.bench.store.typed import typed


@dataclass
class Kept:
    text: Text
    texts: tuple[Text, ...]


@dataclass
class Said:
    text: Stated
    texts: tuple[Stated, ...]


def test_what_is_tried_first_does_not_hang_on_what_was_read_before():
    parsed = {"text": "a", "texts": ["b"]}
    for kind, of in ((Kept, str), (Said, Sentence), (Kept, str)):
        read = typed(kind, parsed)
        assert type(read.text) is of and type(read.texts[0]) is of
