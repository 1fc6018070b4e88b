"""Migrations: each service's own history in `services/<service>/migrations`, run by Alembic over one environment."""

from importlib import import_module, resources
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from shared.runtime.registry import Service


def migrate(service: Service, engine: Engine) -> None:
    """Bring a service's database to the newest version, in one transaction; nothing happens when it is there."""
    config = _config(service)
    with engine.begin() as connection:
        head = ScriptDirectory.from_config(config).get_current_head()
        if MigrationContext.configure(connection).get_current_revision() != head:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def write_migration(service: Service, engine: Engine, message: str) -> None:
    """Write the next migration of a service from what its tables are and what its database has."""
    config = _config(service)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True)


def _config(service: Service) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("shared.storage") / "alembic"))
    config.set_main_option("version_locations", str(_versions(service)))
    config.set_main_option("path_separator", "newline")
    config.attributes["metadata"] = service.metadata
    return config


def _versions(service: Service) -> Path:
    """The folder beside the module that declares the service's tables."""
    return Path(str(import_module(service.home).__file__)).parent / "migrations"
