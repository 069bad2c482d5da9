"""Numbers in sentences, as a person would say them."""


def counted(number: int, word: str) -> str:
    """A number with what it counts: `1 row`, `1,234 rows`; `word` is the singular of one that takes an s."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
