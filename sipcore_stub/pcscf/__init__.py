"""The P-CSCF: the first hop of UEs, what it remembers of each, and its security agreement with them."""
