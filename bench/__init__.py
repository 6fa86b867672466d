"""Side-by-side benchmarks: the product and a floor under it, alternating in one run on one machine."""
