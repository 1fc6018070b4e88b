"""Sales orders: from placed to completed, with cancel and return."""
