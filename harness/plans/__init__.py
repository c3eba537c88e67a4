"""A lab as its file describes it, before anything starts: who is where, what each program is told, what shows."""
