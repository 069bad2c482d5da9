"""What models use of dbt's `api`, for sqlfluff: a relation is its name."""


class Relation:
    """dbt's relations."""

    @staticmethod
    def create(database: str, schema: str, identifier: str) -> str:
        """Return the name of a relation."""
        return f"{database}.{schema}.{identifier}"
