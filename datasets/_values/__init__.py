"""How values are written: texts as numbers and as moments, whatever dress they wear."""
