"""PostgreSQL's accounts: a database and a login per service, none able to enter another's."""
