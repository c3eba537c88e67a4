"""How scenario and lab files are written: verbs, shared steps, matrices, captured values; and where such files are."""
