"""How handlers run: the registry, one transaction per call, outbox, inbox, journal, and the two runtimes."""
