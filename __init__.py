"""intentbench: honest baseline comparisons for purchase-intent prediction."""
