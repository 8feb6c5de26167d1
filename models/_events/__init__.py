"""Events as symbols, and chains of them."""
