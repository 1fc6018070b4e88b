"""Shapes that several contracts share."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from marshmallow import ValidationError

from shared.contracts.fields import PERSONAL, Days, Id, Length, Rate, Text
from shared.contracts.message import message


@message
class ById:
    """Names one thing by its id."""

    id: Id


@message
class Address:
    """Where goods go to or come from. `country` is a name or an ISO 3166 code, as the company writes it."""

    country: Text
    region: Text | None = None
    city: Text | None = None
    street: Annotated[Text, PERSONAL] | None = None
    postcode: Text | None = None
    contact: Annotated[Text, PERSONAL] | None = None
    phone: Annotated[Text, PERSONAL] | None = None


@message
class Instalment:
    """A part of an amount (`share` is a fraction, 0.3 for 30 %) due some days after the document's date."""

    share: Rate
    days: Days


@message
class Terms:
    """Terms of payment: shares that sum to 1, each with its days."""

    instalments: Annotated[list[Instalment], Length(1, 12)]

    def __post_init__(self) -> None:
        """Raises ValidationError unless the shares sum to 1."""
        if sum((each.share for each in self.instalments), Decimal(0)) != 1:
            raise ValidationError("the shares must sum to 1", "instalments")


def net(days: int) -> Terms:
    """Everything due `days` after the document's date."""
    return Terms(instalments=[Instalment(share=Decimal(1), days=days)])


@message
class DatedById:
    """Names one thing and the day something happened to it."""

    id: Id
    on: date | None = None
