"""What was meant by an id that a publication doesn't have.

Here: the id most like it. Not here: how alike two words are (duebook/spelling.py), the rest of the message.
"""

from duebook.publication.reader import Published
from duebook.spelling import did_you_mean, nearest

# Ids that are compared letter by letter with a misspelt one.
COMPARED = 20


def meant(published: Published, asked: str, mart: str, column: str) -> str:
    """Return a question for the end of a message, with a space before it; nothing if no id is similar enough.

    Args:
        published: the publication.
        asked: the id that isn't there.
        mart: the mart that has the ids.
        column: its column with them.
    """
    alike = published.rows(
        "select {column} from {marts}.{mart}"
        " order by jaro_winkler_similarity(upper({column}), upper(?)) desc, {column} limit ?",
        [asked, COMPARED],
        mart=mart,
        column=column,
    )
    near = nearest(asked, [one for (one,) in alike])
    return f" {did_you_mean(near).replace('did', 'Did', 1)}" if near else ""
