"""The reference server: an OIP implementation with real state, the embedded default target."""
