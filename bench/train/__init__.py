"""From a judged run to a file: the chosen model or ensemble, fitted on all cases."""
