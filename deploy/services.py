"""The processes an installation consists of, each with a database and a broker user of its own."""

from typing import Final

SERVICES: Final = ("purchasing", "sales", "inventory", "logistics", "finance", "gateway")
