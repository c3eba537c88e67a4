"""What a run was, as a value, and what is made of it: JSON, a page, a summary, a comparison with another run."""
