"""What ``list`` reads of variants without running them is what they are."""

import inspect

from intentbench.bench.variants.named import VARIANTS
from intentbench.bench.variants.words import summaries


def test_words_and_summaries_are_those_of_the_classes():
    told = summaries()
    assert told.keys() == VARIANTS.keys()
    for word, variant in VARIANTS.items():
        first = inspect.getdoc(variant).partition("\n")[0]
        assert told[word] == first.replace(" [1]_", "") != ""
