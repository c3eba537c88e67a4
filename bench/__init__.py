"""Benchmarks: each module runs alone (python -m bench.NAME) and compares side by side in one run."""
