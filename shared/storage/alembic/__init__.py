"""Alembic's environment and template for every service."""
