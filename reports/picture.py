"""A chart that stands alone: in a notebook, or in a file."""

import base64
import html
from dataclasses import dataclass
from importlib.resources import files

from .elements import Figure
from .escape import escaped

_STYLE = files(__package__) / "static" / "charts.css"
_NAMESPACE = "http://www.w3.org/2000/svg"


@dataclass(frozen=True)
class Picture:
    """A chart.

    Parameters
    ----------
    title : str
        The sentence that it shows.
    svg : str
        The picture, which needs nothing else: write it to a file that ends in .svg.
    """

    title: str
    svg: str

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_html_(self) -> str:
        # An image keeps its style to itself.
        content = base64.b64encode(self.svg.encode()).decode()
        return (
            f'<img alt="{html.escape(self.title)}" style="max-width:28rem;width:100%" '
            f'src="data:image/svg+xml;base64,{content}">'
        )


def picture_of(figure: Figure) -> Picture:
    """Give the chart of a figure with the style that it has on the page."""
    style = html.escape(_STYLE.read_text(encoding="utf-8"), quote=False)
    start, rest = str(figure.svg).split(">", 1)
    font = 'font-family="system-ui, sans-serif"'
    # A notebook may be dark where the reader's system is light.
    paper = '<rect width="100%" height="100%" style="fill:var(--paper)"/>'
    text = f'{start} xmlns="{_NAMESPACE}" {font}><style>{style}</style>{paper}{rest}'
    return Picture(figure.title, escaped(text))
