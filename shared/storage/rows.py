"""What a service keeps, declared as classes: the table SQLAlchemy makes of each, and its rows as plain objects.

    class Carrier(VersionedRow, Base):
        __tablename__ = "carriers"

        id: Mapped[Id] = column(primary_key=True)
        code: Mapped[Key]
        archived: Mapped[bool] = column(default=False)

On the class an attribute is the column (`Carrier.code == "FAST"`), on a row its value. A row knows what it was before
it was changed, so that a session (`shared/storage/session.py`) writes just that.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import attrgetter, itemgetter
from types import MappingProxyType, NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Generic,
    Protocol,
    Self,
    TypeVar,
    Union,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
    overload,
)

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.types import TypeEngine

from shared.storage.prepared import Prepared, Values

T = TypeVar("T")
R = TypeVar("R", bound="Row")
KIND = "huotong_kind"
"""The execution option of a select that gives rows of a kind."""
_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}
_PLAIN: dict[Any, type[TypeEngine[Any]]] = {int: Integer, str: String, bool: Boolean, date: Date}


def service_metadata() -> MetaData:
    """The metadata of one service's tables, with stable constraint names for its migrations."""
    return MetaData(naming_convention=_NAMING)


class Mapped(Generic[T]):
    """Annotates a column: on the class the column itself, on a row its value."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, row: None, owner: object) -> ColumnElement[Any]: ...
        @overload
        def __get__(self, row: object, owner: object) -> T: ...
        def __get__(self, row: object | None, owner: object) -> ColumnElement[Any] | T: ...
        def __set__(self, row: object, value: T) -> None: ...


class _Missing:
    """No default: the value has to be given."""


@dataclass(frozen=True)
class _Declared:
    """What a class body says of a column beside its type."""

    arguments: tuple[Any, ...] = ()
    default: Any = _Missing
    options: Mapping[str, Any] | None = None


def column(
    *arguments: TypeEngine[Any] | type[TypeEngine[Any]] | ForeignKey,
    default: Any = _Missing,
    init: bool = True,  # noqa: ARG001 - read by type checkers
    **options: Any,
) -> Any:
    """A column: its type where the annotation does not say it, a foreign key, `default` of a new row in Python.

    Further `options` are those of SQLAlchemy's Column: `primary_key`, `index`, `unique`, `autoincrement`.
    """
    return _Declared(arguments, default, options)


class Holder(Protocol):
    """Where rows belong once they are stored: the session."""

    def note(self, row: "Row") -> None:
        """`row` is about to differ from what is stored."""
        ...

    def found(
        self, kind: "Kind[R]", statement: Prepared, values: Values, *, wanted: Values, fresh: bool = False
    ) -> "list[R]":
        """The rows a statement finds: those with the `wanted` values."""
        ...

    def related(self, row: "Row", name: str, kind: "Kind[Any]", by: str, value: object) -> None:
        """`row` holds the rows of a kind with a value in `by` under a name until there is another."""
        ...


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(column,))
class Row:
    """A row of a table; those with a `__tablename__` have one."""

    __slots__ = ("__dict__", "_before", "_holder")

    metadata: ClassVar[MetaData]
    audited: ClassVar[bool] = True
    """Whether the audit trail tells what changed in it."""
    __tablename__: ClassVar[str]
    __table__: ClassVar[Table]
    __kind__: ClassVar["Kind[Any]"]
    _holder: Holder | None
    _before: Mapping[str, Any]

    def __init_subclass__(cls, **_options: object) -> None:
        super().__init_subclass__()
        if "__tablename__" in vars(cls):
            _declare(cls)

    def __init__(self, **given: Any) -> None:
        values = {**self.__kind__.defaults, **given}
        if values.keys() != self.__kind__.known:
            wrong = sorted(values.keys() ^ self.__kind__.known)
            raise TypeError(f"{type(self).__name__} is made with unknown or without {', '.join(wrong)}")
        _set_values(self, values)
        _set_holder(self, None)
        _set_before(self, _UNCHANGED)

    def __setattr__(self, name: str, value: object) -> None:
        if self._holder is not None and name in self.__kind__.known:
            before = self._before
            if name not in before:
                if not before:
                    self._holder.note(self)
                _set_before(self, {**before, name: self.__dict__[name]})
        self.__dict__[name] = value

    @classmethod
    def __clause_element__(cls) -> Table:
        """The table, where SQLAlchemy is given the class."""
        return cls.__table__

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


_UNCHANGED: Mapping[str, Any] = MappingProxyType({})
"""What a row was before where it is what is stored: one for all of them, as few are changed."""
_new = object.__new__
_set_values: Callable[[Row, dict[str, Any]], None] = Row.__dict__["__dict__"].__set__
_set_holder: Callable[[Row, Holder | None], None] = cast("Any", Row._holder).__set__  # noqa: SLF001 - the slot itself
_set_before: Callable[[Row, Mapping[str, Any]], None] = cast("Any", Row._before).__set__  # noqa: SLF001


class CompanyRow(Row):
    """A row of one company; the unit of work fills `company` in."""

    company: Mapped[str] = column(String(16), init=False, default="")


class VersionedRow(CompanyRow):
    """A row whose `version` grows by one with each change: the strong ETag, and the guard against lost updates."""

    version: Mapped[int] = column(init=False, default=None)


class Kind(Generic[R]):
    """What a session knows of one class of rows: its columns, and the statements that write and find one."""

    def __init__(self, row: type[R], table: Table, defaults: Mapping[str, Any]) -> None:
        self.row, self.table, self.name = row, table, row.__name__
        self.names = tuple(each.name for each in table.columns)
        self.known = frozenset(self.names)
        self.generated = next((each.name for each in table.columns if each.autoincrement is True), None)
        self.defaults = dict(defaults)
        self.key = tuple(each.name for each in table.primary_key)
        self._key_parameters = tuple(f"key_{name}" for name in self.key)
        self.key_of = _key_of(self.key)
        self.key_in = _key_in(tuple(self.names.index(name) for name in self.key))
        self.versioned = "version" in self.known
        self._updates: dict[tuple[str, ...], Prepared] = {}

    def loaded(self, values: Sequence[Any], holder: Holder) -> R:
        """A stored row of these values, in the order of the columns."""
        row = _new(self.row)
        _set_values(row, dict(zip(self.names, values, strict=False)))
        _set_holder(row, holder)
        _set_before(row, _UNCHANGED)
        return row

    def reload(self, row: Row, values: Sequence[Any]) -> None:
        """Make a stored row what is stored now; what was read along with it is read anew when asked for."""
        _set_values(row, dict(zip(self.names, values, strict=False)))

    @property
    def width(self) -> int:
        """How many columns."""
        return len(self.names)

    @cached_property
    def inserting(self) -> tuple[str, ...]:
        """The columns a new row is written with."""
        return tuple(name for name in self.names if name != self.generated)

    @cached_property
    def insert(self) -> Prepared:
        """Writes a new row of all columns but a generated key."""
        return Prepared(insert(self.table).inline(), self.inserting)

    def update(self, changed: tuple[str, ...]) -> Prepared:
        """Writes these columns of the row with the primary key `key_…`, and the version `was_version` if it has one."""
        statement = self._updates.get(changed)
        if statement is None:
            values = {name: bindparam(f"new_{name}", type_=self.table.c[name].type) for name in changed}
            made = update(self.table).where(*self._this()).values(values)
            if self.versioned:
                made = made.where(self.table.c.version == bindparam("was_version"))
            statement = self._updates[changed] = Prepared(made)
        return statement

    @cached_property
    def delete(self) -> Prepared:
        """Removes the row with the primary key `key_…`."""
        return Prepared(delete(self.table).where(*self._this()))

    @cached_property
    def find(self) -> Prepared:
        """Reads the row with the primary key `key_…`."""
        return Prepared(select(self.table).where(*self._this()))

    @cached_property
    def find_locked(self) -> Prepared:
        """Reads the row with the primary key `key_…` and keeps others from changing it."""
        return Prepared(select(self.table).where(*self._this()).with_for_update())

    def by_key(self, key: Sequence[Any]) -> dict[str, Any]:
        """The values of the `key_…` parameters."""
        return dict(zip(self._key_parameters, key, strict=True))

    def _this(self) -> Iterator[ColumnElement[bool]]:
        return (self.table.c[name] == bindparam(f"key_{name}") for name in self.key)


def _key_of(names: tuple[str, ...]) -> Callable[[Row], tuple[Any, ...]]:
    """Gives the primary key of a row."""
    if len(names) == 1:
        (name,) = names
        return lambda row: (row.__dict__[name],)
    return attrgetter(*names)


def _key_in(places: tuple[int, ...]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Gives the primary key among values in the order of the columns."""
    if len(places) == 1:
        (place,) = places
        return lambda values: (values[place],)
    return itemgetter(*places)


class Related(Generic[R]):
    """The rows of another kind that refer to a row by `by`, in the order of `order`.

    They are read when first asked for, and again once the row itself has been read anew: its lock guards them.
    """

    def __init__(self, row: type[R], by: str, order: str) -> None:
        self.row, self.by, self.order = row, by, order
        table = row.__table__
        self._of_company = ("company",) if "company" in table.c else ()
        """Indexes begin with the company, where rows have one."""
        conditions = [table.c[name] == bindparam(name) for name in (*self._of_company, by)]
        self._statement = Prepared(select(table).where(*conditions).order_by(table.c[order]))

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def wanted(self, company: object, keys: object) -> dict[str, object]:
        """The values of the rows that belong to those of a company with these keys."""
        return {**dict.fromkeys(self._of_company, company), self.by: keys}

    def of(self, row: Row) -> list[R]:
        """The rows of one row, as its attribute gives them: those it holds, or read now."""
        found: list[R] = getattr(row, self._name)
        return found

    def hold(self, row: Row, found: list[R]) -> None:
        """`found` are the rows: of a row that was just made along with them, or with one more than it held."""
        row.__dict__[self._name] = found
        if row._holder is not None:  # noqa: SLF001 - a part of the row in a class of its own
            (key,) = row.__kind__.key_of(row)
            row._holder.related(row, self._name, self.row.__kind__, self.by, key)  # noqa: SLF001

    @overload
    def __get__(self, row: None, _owner: type) -> Self: ...
    @overload
    def __get__(self, row: Row, _owner: type) -> list[R]: ...
    def __get__(self, row: Row | None, _owner: type) -> Self | list[R]:
        if row is None:
            return self
        holder = row._holder  # noqa: SLF001 - a part of the row in a class of its own
        if holder is None:
            return []
        (key,) = row.__kind__.key_of(row)
        wanted = self.wanted(row.__dict__.get("company"), key)
        found = holder.found(self.row.__kind__, self._statement, wanted, wanted=wanted, fresh=True)
        self.hold(row, found)
        return found


def rows_of(row: type[R]) -> Select[R]:
    """A select of all rows of a kind, to be narrowed by `where`; a session gives them as objects."""
    found: Any = select(row.__table__).execution_options(**{KIND: row.__kind__})
    return cast("Select[R]", found)


def take_in(row: Row, holder: Holder) -> None:
    """A new row is stored now."""
    _set_holder(row, holder)
    _set_before(row, _UNCHANGED)


def changes_of(row: Row) -> dict[str, tuple[Any, Any]]:
    """What differs from what is stored: column → (before, now)."""
    values = row.__dict__
    return {name: (before, values[name]) for name, before in row._before.items() if values[name] != before}  # noqa: SLF001


def changed_from(row: Row) -> Mapping[str, Any]:
    """What the columns set since the row was last settled were before."""
    return row._before  # noqa: SLF001 - as above


def settled(row: Row) -> None:
    """What was changed is accounted for: the next change is counted from here."""
    _set_before(row, _UNCHANGED)


def _declare(cls: type[Row]) -> None:
    """Make the table of a class and let its attributes be the columns."""
    declared = dict(_declared(cls))
    columns = [_column(name, hint, spec) for name, (hint, spec) in declared.items()]
    table = Table(cls.__tablename__, cls.metadata, *columns, *getattr(cls, "__table_args__", ()))
    cls.__table__ = table
    defaults = {name: spec.default for name, (_, spec) in declared.items() if spec.default is not _Missing}
    cls.__kind__ = Kind(cls, table, defaults)
    for each in table.columns:
        setattr(cls, each.name, each)


def _declared(cls: type[Row]) -> Iterator[tuple[str, tuple[Any, _Declared]]]:
    """The annotated columns of a class and its bases, bases first."""
    for name, hint in get_type_hints(cls, include_extras=True).items():
        if get_origin(hint) is Mapped:
            spec = next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), _Declared())
            yield name, (get_args(hint)[0], spec)


def _column(name: str, hint: Any, spec: _Declared) -> Column[Any]:
    type_, optional = _type_of(hint)
    arguments = list(spec.arguments)
    if not any(isinstance(each, TypeEngine | type) for each in arguments):
        arguments.insert(0, type_)
    options = {"nullable": optional, **(spec.options or {})}
    return Column(name, *arguments, **options)


def _type_of(hint: Any) -> tuple[Any, bool]:
    """The type of column an annotation says, and whether it may be empty."""
    optional = False
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (each for each in get_args(hint) if each is not NoneType)
        optional = True
    if get_origin(hint) is Annotated:
        return next(each for each in hint.__metadata__ if isinstance(each, TypeEngine | type)), optional
    return _PLAIN.get(hint), optional
