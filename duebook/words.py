"""Numbers in sentences, as a person would say them; amounts alike, whatever file they are of."""

from decimal import Decimal


def counted(number: int, word: str) -> str:
    """A number with what it counts: `1 row`, `1,234 rows`; `word` is the singular of one that takes an s."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def money(currency: str | None, amount: Decimal) -> str:
    """An amount with its currency: `EUR 1,234.50`."""
    return f"{currency} {amount:,.2f}" if currency else f"{amount:,.2f}"
