"""What differentially private models share: exact noise, a budget, public columns."""
