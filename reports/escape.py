r"""What a terminal or a page obeys rather than shows is made visible, as in ``\x1b``, ``\u202e``.

Names of files, values of data and messages of libraries may hold any of them.
"""

import re

# Control characters but for tabs and line ends; marks and overrides of direction; what has no
# width, but for the joiners that some scripts need; halves of characters; tags.
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def escaped(text: str) -> str:
    """Write such characters as Python would in a literal."""
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
