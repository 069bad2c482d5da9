"""Who may read the publication in Postgres: two roles without a login, which an administrator grants to logins.

Here: creating the roles and granting rights to them. Not here: masking: in the schema `marts` personal data are masked,
in the schema `personal` they are as landed (the dbt project does both).
"""

import psycopg
from psycopg import sql

from duebook.settings import MARTS_SCHEMA, PERSONAL_SCHEMA

READER, ANALYST = "duebook_reader", "duebook_analyst"
ROLES = (READER, ANALYST)
# Which roles may read a schema's tables; besides them, only superusers and the login that publishes may.
MAY_READ = {MARTS_SCHEMA: (READER, ANALYST), PERSONAL_SCHEMA: (ANALYST,)}


class MissingRoleError(RuntimeError):
    """A role doesn't exist, and the login may not create it."""


def ensure_roles(connection: psycopg.Connection) -> None:
    """Create the missing roles.

    Args:
        connection: in autocommit.

    Raises:
        MissingRoleError: names the statements that an administrator must run.
    """
    there = {name for (name,) in connection.execute("select rolname from pg_roles where rolname = any(%s)", [[*ROLES]])}
    missing = [role for role in ROLES if role not in there]
    try:
        for role in missing:
            connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
    except psycopg.errors.InsufficientPrivilege:
        statements = " ".join(f"create role {role} nologin;" for role in missing)
        raise MissingRoleError(
            f"the login {connection.info.user} may not create roles; an administrator must run once: {statements}"
        ) from None


def grant_reading(connection: psycopg.Connection, schema: str) -> None:
    """Allow only the schema's roles to read its present tables; part of the caller's transaction.

    Args:
        connection: owns the schema and its tables.
        schema: `marts` or `personal`.
    """
    name = sql.Identifier(schema)
    everyone = sql.SQL(", ").join([sql.SQL("public"), *map(sql.Identifier, ROLES)])
    allowed = sql.SQL(", ").join(map(sql.Identifier, MAY_READ[schema]))
    for statement in (
        sql.SQL("revoke all on schema {} from {}").format(name, everyone),
        sql.SQL("revoke all on all tables in schema {} from {}").format(name, everyone),
        sql.SQL("grant usage on schema {} to {}").format(name, allowed),
        sql.SQL("grant select on all tables in schema {} to {}").format(name, allowed),
    ):
        connection.execute(statement)
