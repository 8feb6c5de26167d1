"""What kinds of events mean wherever a shop keeps a log: viewed, put into the cart, bought ..."""

import re
from collections.abc import Sequence

# Of a name's words these decide, the first line that fits; "removed from cart" is no cart.
_MEANINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("removed", ("remove", "removed", "removefromcart", "delete")),
    ("cart", ("cart", "addtocart", "basket", "addtobasket", "bag", "atc")),
    ("checkout", ("checkout", "begincheckout", "delivery", "payment", "shipping")),
    (
        "purchase",
        ("purchase", "purchased", "buy", "bought", "transaction", "order", "ordered", "sale"),
    ),
    ("favourite", ("favourite", "favorite", "fav", "wishlist", "like")),
    ("search", ("search", "searched", "query")),
    (
        "view",
        (
            "view", "viewed", "pv", "pageview", "page", "click", "clicked", "product", "item",
            "detail", "category", "impression",
        ),
    ),
)  # fmt: skip


def meaning(kind: str) -> str:
    """Give the standard meaning of a kind of event; empty where its name tells none.

    Parameters
    ----------
    kind : str
        As a log names it, as in ``"add_to_cart"``, ``"pv"`` or ``"view, known item"``.
    """
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind)
    words = set(re.findall(r"[a-z]+", split.casefold()))
    return next((name for name, known in _MEANINGS if words & set(known)), "")


def counterparts(source: Sequence[str], target: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Match kinds of events of two tasks: by the same name, or else by their standard meaning.

    Parameters
    ----------
    source, target : sequence of str
        Kinds by name.

    Returns
    -------
    dict of str to tuple of str
        Of each source kind that has some, the target kinds that stand for it.
    """
    same = {name.casefold(): name for name in target}
    found = {}
    for name in source:
        if name.casefold() in same:
            found[name] = (same[name.casefold()],)
        elif means := meaning(name):
            found[name] = tuple(other for other in target if meaning(other) == means)
    return {name: others for name, others in found.items() if others}
