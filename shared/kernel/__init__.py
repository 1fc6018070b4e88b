"""Values every service uses: money, quantity, tax, ids, clocks, errors."""
