"""A lab at work: programs behind one seam for each role, built in or outside, the wires between them, one clock."""
