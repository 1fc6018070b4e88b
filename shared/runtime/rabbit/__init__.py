"""The distributed runtime: nameko services over RabbitMQ and PostgreSQL. Beside the gateway's, the only eventlet here."""
