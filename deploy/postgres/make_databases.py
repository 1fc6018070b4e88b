"""Makes what is missing of the services' databases and logins: `python -m deploy.postgres.make_databases`.

The administrator's address comes from HUOTONG_DATABASE_ADMIN_URL, the logins' passwords from
HUOTONG_<SERVICE>_DATABASE_PASSWORD of each service. A password that was changed there is changed in PostgreSQL.
"""

import os
from collections.abc import Mapping

from deploy.postgres.accounts import administration, make_login_and_database, shut_common_databases
from deploy.services import SERVICES


def make_databases(environment: Mapping[str, str]) -> None:
    """Make every service's; KeyError names a setting that is missing, before anything is changed."""
    passwords = {service: environment[f"HUOTONG_{service.upper()}_DATABASE_PASSWORD"] for service in SERVICES}
    with administration(environment["HUOTONG_DATABASE_ADMIN_URL"]) as statements:
        shut_common_databases(statements)
        for service, password in passwords.items():
            make_login_and_database(statements, f"huotong_{service}", password)


if __name__ == "__main__":
    make_databases(os.environ)
