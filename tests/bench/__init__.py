"""The benchmark: ``tests/bench/run`` prints one table, rivals beside it."""
