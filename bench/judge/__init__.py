"""From a stored run to a judgement: pure functions of stored predictions."""
