import os
import signal
import sys
import time
from pathlib import Path

import pytest

from govshare.operations.processes import Program, Supervisor
from tests.operations.children import Child


def program(name, code, **options):
    return Program(name, [sys.executable, "-c", code], **options)


def until(condition):
    while not condition():
        time.sleep(0.02)


def alive(pid):
    """A killed process that nobody has collected yet is not alive."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def noting(path, *, first="", then="time.sleep(600)"):
    """Code that appends its process id to ``path``, in one write."""
    note = f"open({str(path)!r}, 'a').write(f'{{os.getpid()}}\\n')"
    return "\n".join(["import os, signal, subprocess, sys, time", first, note, then])


def noted(path):
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_a_program_that_dies_is_started_again_and_the_wait_grows(tmp_path):
    said = []
    mark = tmp_path / "starts"

    with Supervisor([program("short", noting(mark, then="sys.exit(3)"))], say=said.append):
        until(lambda: len(noted(mark)) >= 3)

    assert "short 已退出（3），1 秒后重启" in said[0]
    assert "2 秒后重启" in said[1]


def test_one_programs_death_leaves_the_others_alone(tmp_path):
    steady, killed = tmp_path / "steady", tmp_path / "killed"

    with Supervisor([program("steady", noting(steady)), program("killed", noting(killed))], say=lambda _: None):
        until(lambda: noted(steady) and noted(killed))
        os.kill(noted(killed)[0], signal.SIGKILL)
        until(lambda: len(noted(killed)) == 2)
        running = alive(noted(steady)[0])

    assert running
    assert len(noted(steady)) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_stops_all_in_good_order(tmp_path, number):
    mark, other, done = tmp_path / "starts", tmp_path / "other", tmp_path / "done"
    tidy = noting(mark, first=f"signal.signal(signal.SIGTERM, lambda *_: (open({str(done)!r}, 'w').write('tidy'), sys.exit(0)))")
    supervisor = Child(Supervisor([program("tidy", tidy), program("other", noting(other))], say=lambda _: None).run)
    until(lambda: noted(mark) and noted(other))

    os.kill(supervisor.pid, number)
    supervisor.finish()

    assert done.read_text() == "tidy"
    assert not [pid for pid in (*noted(mark), *noted(other)) if alive(pid)]


def test_one_that_will_not_stop_is_killed_with_all_it_started(tmp_path, monkeypatch):
    monkeypatch.setattr("govshare.operations.processes.GRACE", 0.2)
    mark, said = tmp_path / "starts", []
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    inner = noting(mark, first=deaf)
    outer = noting(mark, first=f"{deaf}; subprocess.Popen([sys.executable, '-c', {inner!r}])")

    with Supervisor([program("stubborn", outer)], say=said.append):
        until(lambda: len(noted(mark)) == 2)

    assert [line for line in said if "stubborn 未按时退出" in line]
    until(lambda: not [pid for pid in noted(mark) if alive(pid)])


def test_when_the_supervisor_is_killed_its_programs_end_too(tmp_path):
    mark = tmp_path / "starts"
    supervisor = Child(Supervisor([program("orphan", noting(mark))]).run)
    until(lambda: noted(mark))

    os.kill(supervisor.pid, signal.SIGKILL)
    os.waitpid(supervisor.pid, 0)

    until(lambda: not alive(noted(mark)[0]))


def test_nothing_of_a_command_or_its_environment_is_said(tmp_path):
    said = []
    mark = tmp_path / "starts"
    leaky = Program(
        "leaky", [sys.executable, "-c", noting(mark, then="sys.exit(1)"), "hunter2"], environment={**os.environ, "SECRET": "hunter2"}
    )

    with Supervisor([leaky], say=said.append):
        until(lambda: len(noted(mark)) == 2)

    assert said
    assert "hunter2" not in "".join(said) + repr(leaky)


def test_output_goes_to_a_programs_own_file_when_it_has_one(tmp_path):
    output = tmp_path / "web.log"

    with Supervisor([program("web", "print('门户已启动', flush=True); import time; time.sleep(600)", output=output)], say=lambda _: None):
        until(lambda: output.exists() and output.read_text())

    assert output.read_text() == "门户已启动\n"
