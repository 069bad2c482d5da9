"""The page that lists every dependency with its licence.

Here: what the page has. Not here: how a licence is known, and which are allowed (supply_chain).
"""

from collections import Counter

from catalogue.markdown import code, page, table
from supply_chain.licences import licences_of, read_policy
from supply_chain.locks import DEVELOPMENT, LOCK, LOCKS_OF_FEW, POSTGRES, PRODUCT, packages

# In this order: a package is listed with the first it is needed for.
NEEDS = {
    PRODUCT: "Duebook",
    POSTGRES: "Postgres as the engine of the models",
    DEVELOPMENT: "tests and tools",
    "adapters": "sources that are databases",
    "spark": "Spark as the engine of the models",
    "benchmark": "the benchmark",
}


def licences_page() -> str:
    """List the packages of all locks.

    Raises:
        LicenceError: a package has a licence that isn't allowed, or that nobody knows.
    """
    policy = read_policy()
    needs: dict[str, set[str]] = {}
    for package in packages():
        needs.setdefault(package.name, set()).update(package.needed_for)
    licences = licences_of(needs, policy)
    counts = Counter(licences.values())
    about = (
        f"Every package of `{LOCK}` and of the locks that few install ({code(LOCKS_OF_FEW.values())}). The SBOM has "
        "their versions and hashes, too ([how](guide/supply_chain.md)). The repository contains none of them: they are "
        "installed from a package registry, as their authors published them."
    )
    return page(
        "Licences of dependencies",
        "the locks, the metadata of installed packages and supply_chain/licences.yml",
        about,
        "## Licences",
        table(
            ["licence (SPDX)", "packages"],
            ([licence, str(count)] for licence, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))),
        ),
        "## Accepted for one package\n\nAll others are permissive: they ask that their notice stays with copies.",
        table(
            ["package", "licence", "why it is accepted"],
            ([name, accepted["licence"], accepted["why"]] for name, accepted in sorted(policy.exceptions.items())),
        ),
        "## Packages",
        table(
            ["package", "licence", "needed for"],
            (
                [name, licence, next(words for need, words in NEEDS.items() if need in needs[name])]
                for name, licence in sorted(licences.items())
            ),
        ),
    )
