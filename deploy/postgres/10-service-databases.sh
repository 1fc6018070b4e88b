#!/usr/bin/env bash
# Makes a database and a login per service, none able to enter another's. PostgreSQL's image runs it once, when it
# makes its data folder. The passwords come from HUOTONG_<SERVICE>_DATABASE_PASSWORD.
set -euo pipefail

sql() { psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres "$@"; }

sql --command 'REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC'
for service in $HUOTONG_SERVICES; do
    password_variable=HUOTONG_${service^^}_DATABASE_PASSWORD
    sql --set name="huotong_$service" --set password="${!password_variable}" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
