"""Private RabbitMQ and PostgreSQL servers on a bare machine, for tests and `make up-local`."""
