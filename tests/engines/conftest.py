"""What tests of other engines share: a Postgres server, an empty database a test."""

from tests.support.publications.postgres_fixtures import database, postgres_folder  # noqa: F401 (fixtures)
