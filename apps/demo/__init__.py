"""Examples of gates and people to look around with. `make strip-demo` takes all of it away."""
