"""From a table of a TOML file to a data class, with what is wrong said where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints


class BadTable(Exception):
    """A table that cannot become its shape: `where|what is wrong and what to do`."""


@cache
def _hints(shape: type) -> Mapping[str, Any]:
    return get_type_hints(shape)


def build(shape: type, table: Mapping[str, Any], where: str) -> Any:
    """An instance of a data class from a TOML table. Raises `BadTable` with the place and the remedy."""
    hints = _hints(shape)
    names = {field.name for field in fields(shape)}
    for key in table:
        if key not in names:
            raise BadTable(f"{where}|không hiểu “{key}”; các tên dùng được: {', '.join(sorted(names))}")
    values = {}
    for field in fields(shape):
        if field.name in table:
            values[field.name] = _value(hints[field.name], table[field.name], where, field.name)
        elif field.default is MISSING and field.default_factory is MISSING:
            raise BadTable(f"{where}|thiếu “{field.name}”; ghi thêm")
    return shape(**values)


def _value(hint: Any, value: Any, where: str, name: str) -> Any:
    origin = get_origin(hint)
    if origin is tuple:
        return _items(get_args(hint)[0], value, where, name)
    if origin is Literal:
        if value not in get_args(hint):
            raise BadTable(f"{where}|“{name}” là “{value}”; phải là một trong: {', '.join(get_args(hint))}")
        return value
    if origin is UnionType:
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        return None if value is None else _value(kinds[0], value, where, name)
    if is_dataclass(hint) and isinstance(hint, type):
        if isinstance(value, hint):
            return value
        if not isinstance(value, Mapping):
            raise BadTable(f"{where}|“{name}” phải là một bảng [{name}]")
        return build(hint, value, f"{where}" if where else name)
    return _plain(hint, value, where, name)


def _items(hint: Any, value: Any, where: str, name: str) -> tuple[Any, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise BadTable(f"{where}|“{name}” phải là một danh sách [...]")
    return tuple(_value(hint, item, where, name) for item in value)


def _plain(hint: Any, value: Any, where: str, name: str) -> Any:
    if hint is float and isinstance(value, int):
        return float(value)
    if hint in (str, int, float, bool, date) and type(value) is hint:
        return value
    words = {str: "chữ", int: "số nguyên", float: "số", bool: "true hoặc false", date: "ngày như 2024-03-19"}
    raise BadTable(f"{where}|“{name}” là {value!r}; phải là {words.get(hint, hint)}")
