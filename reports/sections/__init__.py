"""Sections of the page: what each shows of a judgement."""
