"""The proof: random schedules of faults against the real code, and what must hold after every one of them."""
