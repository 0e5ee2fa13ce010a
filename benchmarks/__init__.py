"""Measurements that need more than the package does: `make benchmark-retrieval`."""
