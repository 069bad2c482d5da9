"""Files added, renamed, packed, unpacked, landed again, overwritten, taken away, in any order: the last states win."""

import gzip
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.landing.files import natural_order
from tests.support.landing.files import INVOICE, load, raw, write_csv

pytestmark = pytest.mark.long

# The newest version of each invoice, by the contract's order.
WINNERS = """
    select invoice_id, amount::int from invoices
    qualify row_number() over (
        partition by invoice_id order by updated_at desc nulls last, source_file_number desc, source_row desc
    ) = 1
"""
KEYS = ("I1", "I2", "I3")
STEPS = ("add", "rename", "pack or unpack", "repeat", "overwrite", "remove", "put back")


@dataclass
class Landing:
    """The model: what the folder holds, and the states that were landed, in order.

    A content is a number: rows of some of ``KEYS`` with that amount, and a time of update for some contents.
    """

    folder: Path
    contents: list[dict[str, int | None]] = field(default_factory=list)
    here: dict[str, int] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)
    unclaimed: Counter = field(default_factory=Counter)
    states: list[int] = field(default_factory=list)
    names: int = 0
    # Of the refresh to come.
    arrived: dict[str, int] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)

    def take(self, step: str, draw) -> None:
        """Take one step, where what it does can be told from what others of the same refresh do."""
        unclear = self.moved | set(self.arrived.values())
        free = sorted(
            name for name, content in self.here.items() if name not in self.touched and content not in unclear
        )
        if step == "put back" and (back := sorted(set(self.removed) - self.touched)):
            name = draw(st.sampled_from(back))
            self._put(name, self.removed.pop(name))
            return
        if step in ("add", "put back") or not free:
            self._put(self._new_name(draw), self._new_content(draw))
            return
        name = draw(st.sampled_from(free))
        self.touched.add(name)
        match step:
            case "rename":
                new_name = self._new_name(draw, ".gz" if name.endswith(".gz") else "")
                self._path(name).rename(self._path(new_name))
                self.moved.add(self.here[name])
                self.here[new_name] = self.here.pop(name)
            case "pack or unpack":
                new_name = name.removesuffix(".gz") if name.endswith(".gz") else f"{name}.gz"
                content = self._path(name).read_bytes()
                repacked = gzip.decompress(content) if name.endswith(".gz") else gzip.compress(content)
                self._path(new_name).write_bytes(repacked)
                self._path(name).unlink()
                self.touched.add(new_name)
                self.moved.add(self.here[name])
                self.here[new_name] = self.here.pop(name)
            case "repeat":
                self._put(self._new_name(draw), self.here[name])
            case "overwrite":
                self.moved.add(self.here[name])
                known = sorted(set(self.states) - self.moved - unclear)
                again = known and draw(st.booleans())
                self._put(name, draw(st.sampled_from(known)) if again else self._new_content(draw))
            case "remove" if len(free) > 1:
                self._path(name).unlink()
                self.removed[name] = self.here.pop(name)
                self.unclaimed[self.removed[name]] += 1

    def refresh(self) -> None:
        """Load; what arrived comes in the order of its names, unless it was only away or is called otherwise now."""
        load(self.folder)
        for name in sorted(self.arrived, key=natural_order):
            if self.unclaimed[self.arrived[name]]:
                self.unclaimed[self.arrived[name]] -= 1
            else:
                self.states.append(self.arrived[name])
        for noted in (self.arrived, self.touched, self.moved):
            noted.clear()

    def winners(self) -> dict[str, int]:
        """The amount of each invoice: the last updated, else the last landed."""
        won: dict[str, tuple[tuple[int, int], int]] = {}
        for place, content in enumerate(self.states):
            for key, updated in self.contents[content].items():
                won[key] = max(won.get(key, ((-1, -1), 0)), ((updated or 0, place), content + 1))
        return {key: amount for key, (_, amount) in won.items()}

    def _new_content(self, draw) -> int:
        updated = st.none() | st.integers(1, 9)
        self.contents.append(draw(st.dictionaries(st.sampled_from(KEYS), updated, min_size=1)))
        return len(self.contents) - 1

    def _new_name(self, draw, packed: str | None = None) -> str:
        self.names += 1
        packed = draw(st.sampled_from(["", ".gz"])) if packed is None else packed
        name = f"{draw(st.sampled_from('az'))}{self.names}.csv{packed}"
        self.touched.add(name)
        return name

    def _put(self, name: str, content: int) -> None:
        rows = [
            INVOICE | {"invoice_id": key, "amount": content + 1, "updated_at": f"2025-02-0{updated}" if updated else ""}
            for key, updated in self.contents[content].items()
        ]
        written = write_csv(self._path(name.removesuffix(".gz")), rows)
        if name.endswith(".gz"):
            self._path(name).write_bytes(gzip.compress(written.read_bytes()))
            written.unlink()
        self.here[name] = self.arrived[name] = content

    def _path(self, name: str) -> Path:
        return self.folder / "landing" / "ar" / "invoices" / name


def check_steps(data) -> None:
    """Refresh after every few steps; at each the rows that win are those of the last states in their order."""
    with TemporaryDirectory() as folder:
        landing = Landing(Path(folder))
        landing.take("add", data.draw)
        for _ in range(data.draw(st.integers(2, 4), "refreshes")):
            for step in data.draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=3), "steps"):
                landing.take(step, data.draw)
            landing.refresh()
            assert dict(raw(landing.folder, WINNERS)) == landing.winners()
            assert raw(landing.folder, "select count(*) from loaded_files") == [(len(landing.states),)]


@given(data=st.data())
@settings(max_examples=2, derandomize=True)
def test_the_last_states_win_in_their_order_whatever_is_renamed_repeated_overwritten_or_taken_away(data):
    check_steps(data)


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=100)
def test_the_last_states_win_in_their_order_in_many_orders(data):
    check_steps(data)
