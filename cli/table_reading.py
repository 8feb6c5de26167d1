"""How the rows of a table are to be read for a file of a model: as those that it was fitted on."""

from ..bench.deploy.manifest import Manifest
from ..bench.errors import RequestError
from ..datasets._table.read_again import ColumnReading, TableReading

TABLE = "table_file"


def reading_of(manifest: Manifest, path: str) -> TableReading:
    """Say how the columns of a table are to be read.

    Parameters
    ----------
    manifest : Manifest
    path : str
        Of the file of the model; what errors name.

    Raises
    ------
    RequestError
        If the file does not say it in the words of this version.
    """
    if manifest.reading.get("data") == TABLE:
        try:
            return TableReading.from_json(manifest.reading["table"])
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise RequestError(
                f"{path} does not say how its columns are read ({error}).  It was written by "
                "another version: use that one, or train anew."
            ) from None
    # The columns of a data set of the house: as they are, typed or plainly written.
    columns = (ColumnReading(column.name, column.kind, (), (column.name,), width=column.width)
               for column in manifest.columns)  # fmt: skip
    return TableReading(tuple(columns))
