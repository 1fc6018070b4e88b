"""Who may do what: companies, people and machines, roles, sessions and API keys; a service inside the gateway."""
