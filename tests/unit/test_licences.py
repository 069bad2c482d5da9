"""Licences: how that of a package is known, which are allowed, and that all of the locks' are."""

import pytest

from supply_chain.licences import (
    LicenceError,
    Policy,
    from_metadata,
    is_allowed,
    licence_said,
    licences_of,
    read_policy,
    what_is_wrong,
)
from supply_chain.locks import LOCK, packages

ALLOWED = frozenset({"MIT", "Apache-2.0"})
OSI = "License :: OSI Approved :: "


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_policy()


def test_every_package_of_the_locks_has_a_licence_that_is_allowed(policy):
    names = {one.name for one in packages()}
    assert licences_of(names, policy).keys() == names


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("MIT", True),
        ("MIT-0", False),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("LGPL-3.0-only OR GPL-3.0-only", False),
        ("MIT AND Apache-2.0", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only OR (MIT AND Apache-2.0)", True),
        ("GPL-3.0-only AND (MIT OR Apache-2.0)", False),
        # An exception is a licence of its own.
        ("Apache-2.0 WITH LLVM-exception", False),
    ],
)
def test_all_of_an_and_must_be_allowed_and_one_of_an_or(licence, expected):
    assert is_allowed(licence, ALLOWED) == expected


@pytest.mark.parametrize(
    ("name", "licence", "said"),
    [
        ("free", "MIT", ""),
        ("bound", "GPL-3.0-only", "GPL-3.0-only isn't allowed"),
        ("named", "LGPL-3.0-only", ""),
        ("other", "LGPL-3.0-only", "LGPL-3.0-only isn't allowed"),
        ("named", "GPL-3.0-only", "it was accepted with the licence LGPL-3.0-only, and now has GPL-3.0-only"),
        ("silent", None, "name no licence"),
        ("vague", "BSD", "'BSD' is no licence of SPDX"),
    ],
)
def test_a_licence_is_refused_unless_it_is_allowed_or_accepted_for_that_package(name, licence, said):
    policy = Policy(ALLOWED, {"named": {"licence": "LGPL-3.0-only", "why": "Replaceable."}}, {}, {})
    wrong = what_is_wrong(name, licence, policy)
    assert said in wrong
    assert bool(wrong) == bool(said)


def test_all_refused_packages_are_named_at_once():
    policy = Policy(ALLOWED, {}, {"one": "GPL-3.0-only", "two": "MIT"}, {})
    with pytest.raises(
        LicenceError, match=r"^not-there: its metadata name no licence.*\none: GPL-3.0-only isn't allowed"
    ):
        licences_of(["one", "two", "not-there"], policy)


@pytest.mark.parametrize(
    ("expression", "text", "classifiers", "expected"),
    [
        ("MIT", "Apache-2.0", [f"{OSI}BSD License"], "MIT"),
        (None, "Apache-2.0", [], "Apache-2.0"),
        (None, "Apache License 2.0", [], "Apache-2.0"),
        (None, "Copyright (c) 2026 by us", [f"{OSI}MIT License"], "MIT"),
        (None, None, ["Programming Language :: Python", f"{OSI}MIT License"], "MIT"),
        # Which BSD licence isn't said; of two nobody says whether both hold.
        (None, "BSD", [f"{OSI}BSD License"], None),
        (None, None, [f"{OSI}MIT License", f"{OSI}Apache Software License"], None),
        (None, None, [], None),
    ],
)
def test_a_licence_is_read_from_metadata_where_they_leave_nothing_open(expression, text, classifiers, expected, policy):
    assert licence_said(expression, text, classifiers, policy) == expected


def test_nothing_is_declared_or_accepted_without_need(policy):
    names = {one.name for one in packages()}
    assert (policy.declared.keys() | policy.exceptions.keys()) - names == set()
    needless = {name for name, one in policy.exceptions.items() if is_allowed(one["licence"], policy.allowed)}
    assert needless == set()
    said = {name: from_metadata(name, policy) for name in policy.declared}
    of_all = {one.name for one in packages() if LOCK in one.locks}
    assert {name for name, licence in said.items() if licence and name in of_all} == set()
    # Those of packages that few install, where they are installed.
    assert {name: licence for name, licence in said.items() if licence not in (None, policy.declared[name])} == {}


def test_every_exception_says_why(policy):
    assert [name for name, one in policy.exceptions.items() if one.keys() != {"licence", "why"}] == []
    assert min(len(one["why"]) for one in policy.exceptions.values()) > 20
