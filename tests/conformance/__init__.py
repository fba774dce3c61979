"""The conformance tests, as a package so that an installed suite is found by name: pytest --pyargs."""
