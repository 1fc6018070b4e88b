"""What the containers of `make up` need beside the code."""
