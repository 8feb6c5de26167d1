"""The check of what a model says may be searched: it is read, set, and fitted at two corners."""

from ..errors import RequestError
from ..search.space import read_space
from .subject import Subject, need

_ENDS = {"lowest": 0.0, "highest": 1.0 - 1e-9}


def check_space_can_be_searched(subject: Subject) -> str | None:
    """The space names parameters of the model, which fits with its lowest and highest values."""
    if not subject.new().space:
        return "the model declares no space"
    try:
        space = read_space(type(subject.new()).__name__, subject.new().space)
    except RequestError as error:
        need(False, str(error))
    known = subject.new().get_params(deep=False)
    for one in space:
        need(
            one.name in known and one.name != "random_state",
            f"space names {one.name!r}, which is no parameter to search; there are "
            f"{', '.join(name for name in known if name != 'random_state')}.",
        )
    few = subject.few.shown(subject.new().views)
    for which, place in _ENDS.items():
        model = subject.new().set_params(**{one.name: one.at(place) for one in space})
        try:
            model.fit(few.fit, few.y_fit, valid=(few.valid, few.y_valid))
            subject.predict(model, subject.few.new)
        # The fence around the model's code: whatever it raises is told.
        except Exception as error:
            need(False, f"with the {which} values of its space: {type(error).__name__}: {error}")
    return None
