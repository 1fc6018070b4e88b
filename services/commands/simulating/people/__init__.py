"""The people of a simulated company: each habit looks at the company and makes one move, sensible or foolish."""
