"""W1 收货: what is expected of suppliers, what arrives, and what is undone of it."""
