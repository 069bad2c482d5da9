"""A cluster of Spark of the tests' own, on this machine's loopback: a master, two workers, a Thrift server with a
catalogue in a folder, all from the package pyspark. A worker can be killed while the others work.

Here: starting, asking and ending them. Not here: what is built there.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

HOST = "127.0.0.1"
DEPLOY = "org.apache.spark.deploy"
# Each worker has a core; the server has those of two, and a third worker's is for who comes besides.
OF_A_WORKER = ("--host", HOST, "--cores", "1", "--memory", "1g", "--webui-port", "0")
OF_THE_SERVER = (
    *("--executor-memory", "1g", "--conf", "spark.cores.max=2"),
    # What the profile says of sessions.
    *("--conf", "spark.driver.extraJavaOptions=-Xss8m", "--conf", "spark.executor.extraJavaOptions=-Xss8m"),
    *("--conf", "spark.log.level=ERROR", "--conf", f"spark.driver.host={HOST}"),
)


@dataclass
class Loss:
    """What there was when a worker was killed.

    Attributes:
        worker: the master's name for it.
        executor: the driver's name for what ran on it.
        active: how many tasks that was running.
        done_by_others: how many tasks the other executors had done.
    """

    worker: str = ""
    executor: str = ""
    active: int = 0
    done_by_others: int = 0


@dataclass
class SparkCluster:
    """Processes of a cluster; each is one group, which is killed as a whole, as a machine is that fails."""

    folder: Path
    running: ExitStack
    master_port: int = field(default_factory=lambda: _free_port())
    master_ui: int = field(default_factory=lambda: _free_port())
    server_port: int = field(default_factory=lambda: _free_port())
    server_ui: int = field(default_factory=lambda: _free_port())
    workers: dict[int, subprocess.Popen] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The Thrift server's address, as the setting ENGINE_URL has it."""
        return f"thrift://{HOST}:{self.server_port}"

    @property
    def master_url(self) -> str:
        """The master's address."""
        return f"spark://{HOST}:{self.master_port}"

    def start(self) -> None:
        """Start all, and wait until they are ready."""
        ports = ["--host", HOST, "--port", str(self.master_port), "--webui-port", str(self.master_ui)]
        master = self._spawn("master", ["spark-class", f"{DEPLOY}.master.Master", *ports])
        self._until("the master answers", master, lambda: self.master()["status"] == "ALIVE")
        for _ in range(2):
            self.add_worker()
        server = [
            *("spark-submit", "--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"),
            *(
                "--master",
                self.master_url,
                *OF_THE_SERVER,
                "--conf",
                f"spark.ui.port={self.server_ui}",
                "spark-internal",
            ),
            *("--hiveconf", f"hive.server2.thrift.port={self.server_port}"),
            *("--hiveconf", f"hive.server2.thrift.bind.host={HOST}"),
        ]
        started = self._spawn("server", server, memory="2g")
        self._until("the server answers", started, lambda: _is_open(self.server_port) and self.read("select 1"))

    def add_worker(self) -> None:
        """Start one more worker, and wait until the master has it."""
        port = _free_port()
        arguments = [f"{DEPLOY}.worker.Worker", *OF_A_WORKER, "--port", str(port), self.master_url]
        self.workers[port] = self._spawn(f"worker {port}", ["spark-class", *arguments])
        self._until("the master has the worker", self.workers[port], lambda: port in self._alive())

    def read(self, *statements: str) -> list[tuple]:
        """Run statements by the Thrift server; returns what the last one gives."""
        # Only there with Spark; who runs other tests imports this module, too.
        from pyhive import hive

        with closing(hive.connect(HOST, self.server_port)) as opened, closing(opened.cursor()) as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall()

    def master(self) -> dict[str, Any]:
        """What the master says of the cluster."""
        return _asked(f"http://{HOST}:{self.master_ui}/json/")

    def states(self) -> dict[str, str]:
        """What the master says of each worker, by its name."""
        return {worker["id"]: worker["state"] for worker in self.master()["workers"]}

    def executors(self) -> dict[str, dict[str, Any]]:
        """What the server's driver says of each executor it has or has had, by name."""
        [app] = self.master()["activeapps"]
        said = _asked(f"http://{HOST}:{self.server_ui}/api/v1/applications/{app['id']}/allexecutors")
        return {one["id"]: one for one in said if one["id"] != "driver"}

    @contextmanager
    def losing_a_worker(self, begun: Callable[[], bool]) -> Iterator[Loss]:
        """Kill a worker, with what runs on it, as soon as work has begun and a task is running there.

        Args:
            begun: whether the work has got to where the worker is to be lost.
        """
        loss, ended = Loss(), threading.Event()
        watch = threading.Thread(target=self._kill_when_busy, args=(begun, loss, ended))
        watch.start()
        try:
            yield loss
        finally:
            ended.set()
            watch.join()
        assert loss.worker, "no worker was at work when one was to be killed"

    def _kill_when_busy(self, begun: Callable[[], bool], loss: Loss, ended: threading.Event) -> None:
        while not ended.wait(0.1):
            # Whoever is asked may be too busy to answer, which is no reason to stop asking.
            with suppress(OSError, HTTPException):
                if not begun():
                    continue
                executors = self.executors()
                for port, worker in self._alive().items():
                    for name in (str(one["id"]) for one in _asked(f"{worker['webuiaddress']}/json/")["executors"]):
                        if (active := executors.get(name, {}).get("activeTasks", 0)) > 0:
                            os.killpg(self.workers[port].pid, signal.SIGKILL)
                            loss.worker, loss.executor, loss.active = worker["id"], name, active
                            loss.done_by_others = self.done_by_others_than(name, executors)
                            return

    def done_by_others_than(self, executor: str, executors: Mapping[str, Mapping[str, Any]] | None = None) -> int:
        """How many tasks the executors have done but for one."""
        found = self.executors() if executors is None else executors
        return sum(one["completedTasks"] for name, one in found.items() if name != executor)

    def _alive(self) -> dict[int, dict[str, Any]]:
        """The workers the master has, by port."""
        return {worker["port"]: worker for worker in self.master()["workers"] if worker["state"] == "ALIVE"}

    def _spawn(self, name: str, command: list[str], memory: str = "256m") -> subprocess.Popen:
        program, *arguments = command
        environment = os.environ | {
            "SPARK_HOME": str(_spark_home()),
            "SPARK_CONF_DIR": str(self.folder),
            "SPARK_LOCAL_IP": HOST,
            "SPARK_LOCAL_DIRS": str(self.folder / "local"),
            "SPARK_WORKER_DIR": str(self.folder / "work"),
            # A master forgets a dead worker after so many minutes, 15 unless told otherwise.
            "SPARK_MASTER_OPTS": "-Dspark.dead.worker.persistence=600",
            # The Thrift server's, too, whatever is said of its driver.
            "SPARK_DAEMON_MEMORY": memory,
        }
        log = self.running.enter_context(self._log(name).open("w"))
        process = subprocess.Popen(
            [_spark_home() / "bin" / program, *arguments],
            cwd=self.folder,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        process.args = name
        self.running.callback(_end, process)
        return process

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _until(self, what: str, process: subprocess.Popen, is_so: Callable[[], object], seconds: int = 180) -> None:
        """Wait until something is so; the process it depends on mustn't end before."""
        give_up_at = time.monotonic() + seconds
        while True:
            try:
                if is_so():
                    return
            except URLError:
                pass
            assert time.monotonic() < give_up_at, f"not in {seconds} s: {what}\n{self._log(process.args).read_text()}"
            try:
                process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"ended before {what}:\n{self._log(process.args).read_text()}")


@contextmanager
def running_cluster() -> Iterator[SparkCluster]:
    """Run a cluster in a folder of its own; whatever happens, no process of it is left."""
    folder = Path(tempfile.mkdtemp(prefix="duebook-spark-"))
    try:
        with ExitStack() as running:
            cluster = SparkCluster(folder, running)
            cluster.start()
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _end(process: subprocess.Popen) -> None:
    """Kill a process and all it has started; executors are of their worker's group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        return one.getsockname()[1]


def _is_open(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex((HOST, port)) == 0


def _asked(url: str) -> Any:
    with urlopen(url, timeout=30) as answer:  # noqa: S310 (this machine's own server, by HTTP)
        return json.load(answer)


def _spark_home() -> Path:
    """Where the package has Spark; asked when it is needed, since most machines don't have it."""
    return Path(find_spec("pyspark").origin).parent
