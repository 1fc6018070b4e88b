"""RabbitMQ's accounts: a user per service that may touch only what the service needs."""
