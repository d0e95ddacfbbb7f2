"""Scripts that the owner allows: parameters, runs, results."""
