"""The services of the toy company."""

from tests.integration.rabbit import bakery, mill

SERVICES = {"mill": mill.SERVICE, "bakery": bakery.SERVICE}
