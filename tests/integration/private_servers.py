"""Private database servers on loopback, each with a data directory of its own that goes with it.

A server that is not installed is skipped with its name printed, or fails the test where MIGC_REQUIRE_SERVERS=1.
"""
import contextlib
import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time


class Missing(Exception):
    """The programs of a server are not installed."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def postgres_folder():
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not folders:
        raise Missing("PostgreSQL (Debian: postgresql)")
    return folders[-1]


def account(*names):
    """The first of these accounts that exists: servers refuse to run as root."""
    for name in names:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return pwd.getpwnam("nobody")


def as_user(user):
    """Arguments of subprocess to run as that account, when this is root."""
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}


def wait_until(answers, process, log):
    """Until the server answers; its log when it does not."""
    for _ in range(600):
        if answers():
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"the server does not answer:\n{open(log, errors='replace').read()[-3000:]}")


def stop(process):
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def postgres():
    """A PostgreSQL; gives (folder of its programs, keyword address of the database `postgres`)."""
    programs = postgres_folder()
    user = account("postgres")
    with tempfile.TemporaryDirectory(prefix="migc-pg-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        if os.getuid() == 0:
            os.chown(folder, user.pw_uid, user.pw_gid)
        data, port, log = f"{folder}/data", free_port(), f"{folder}/log"
        common = {**as_user(user), "cwd": folder}
        subprocess.run([f"{programs}/initdb", "-D", data, "-U", "migc", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], check=True, stdout=subprocess.DEVNULL, **common)
        with open(log, "wb") as output:
            process = subprocess.Popen([f"{programs}/postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-F"], stdout=output, stderr=output, **common)
        try:
            wait_until(lambda: subprocess.run([f"{programs}/pg_isready", "-h", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL).returncode == 0, process, log)
            yield programs, f"host=127.0.0.1 port={port} user=migc dbname=postgres"
        finally:
            stop(process)


@contextlib.contextmanager
def mariadb():
    """A MariaDB; gives (arguments for its clients, URL of its database `migc`)."""
    server = shutil.which("mariadbd", path="/usr/sbin:/usr/bin")
    install = shutil.which("mariadb-install-db")
    if server is None or install is None:
        raise Missing("MariaDB (Debian: mariadb-server)")
    user = account("mysql")
    with tempfile.TemporaryDirectory(prefix="migc-my-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        if os.getuid() == 0:
            os.chown(folder, user.pw_uid, user.pw_gid)
        data, port, log, sock = f"{folder}/data", free_port(), f"{folder}/log", f"{folder}/sock"
        common = {**as_user(user), "cwd": folder}
        subprocess.run([install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, **common)
        with open(log, "wb") as output:
            process = subprocess.Popen([server, "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1", f"--socket={sock}", f"--pid-file={folder}/pid", "--innodb-flush-log-at-trx-commit=0"], stdout=output, stderr=output, **common)
        client = ["--no-defaults", "--protocol=tcp", "-h127.0.0.1", f"-P{port}", "-uroot"]
        try:
            wait_until(lambda: subprocess.run(["mariadb", *client, "-e", "SELECT 1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0, process, log)
            subprocess.run(["mariadb", *client, "-e", "CREATE DATABASE migc CHARACTER SET utf8mb4"], check=True)
            yield client, f"mysql://root@127.0.0.1:{port}/migc"
        finally:
            stop(process)


def skip(missing):
    """Exit code for a test whose server is not installed."""
    print(f"SKIPPED: {missing} is not installed")
    return 1 if os.environ.get("MIGC_REQUIRE_SERVERS") == "1" else 77


if __name__ == "__main__":
    sys.exit("imported by tests")
