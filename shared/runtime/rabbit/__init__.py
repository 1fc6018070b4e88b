"""The distributed runtime: nameko services over RabbitMQ and PostgreSQL, and the calls they take."""
