"""What people write, trimmed and no longer than the column that keeps it; the widths are the models' own."""

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from govshare.kernel.errors import Basis, Fault, Invalid

#: Columns that are not called as what was sent.
PLACES = {"end_reason": "reason", "close_reason": "reason", "answer": "reason"}


def fitting(model: type[Model], *, basis: Basis, **texts: str) -> dict[str, str]:
    """``texts`` by column of ``model``, trimmed; ``Invalid`` names all that are too long."""
    fitted = {column: text.strip() for column, text in texts.items()}
    widths = {column: _width(model, column) for column in fitted}
    faults = [
        Fault(PLACES.get(column, column), f"过长，最多 {widths[column]} 个字符")
        for column, text in fitted.items()
        if len(text) > widths[column]
    ]
    if faults:
        raise Invalid(f"有 {len(faults)} 处文字过长，请缩短后重试", basis=basis, faults=faults)
    return fitted


def _width(model: type[Model], column: str) -> int:
    width = model._meta.get_field(column).max_length  # type: ignore[union-attr]
    if not width:
        raise FieldDoesNotExist(f"{model.__name__}.{column} has no width")
    return int(width)
