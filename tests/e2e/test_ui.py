"""A data engineer materialises one program's one period in the Dagster UI, in a real browser."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.conftest import Barn

pytestmark = [pytest.mark.slow, pytest.mark.browser]

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--window-size=1700,1100",
)
PROGRAM, PERIOD = "pkh", "2026T1"
PATIENCE = 240
ENDED = ("Success", "Failure", "Canceled")

T = TypeVar("T")


def until(what: str, look: Callable[[], T | None]) -> T:
    """Ask until there is an answer; a page that is still changing is asked again."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            found = look()
        except (WebDriverException, OSError):
            found = None
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"waited {PATIENCE} s in vain for {what}")


def asked(url: str, question: str) -> dict[str, Any]:
    """What the web server answers to a GraphQL question."""
    request = urllib.request.Request(
        f"{url}/graphql",
        data=json.dumps({"query": question}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        data: dict[str, Any] = json.load(answer)["data"]
    return data


def launched(url: str) -> list[str]:
    """The states of all runs."""
    data = asked(url, "{ runsOrError { ... on Runs { results { status } } } }")
    return [run["status"] for run in data["runsOrError"]["results"]]


def loaded(url: str) -> bool:
    """Whether the web server has loaded the project; what went wrong is an error at once."""
    question = """{ workspaceOrError { ... on Workspace { locationEntries { loadStatus
        locationOrLoadError { __typename ... on PythonError { message } } } } } }"""
    (entry,) = asked(url, question)["workspaceOrError"]["locationEntries"]
    found = entry["locationOrLoadError"] or {}
    assert found.get("__typename") != "PythonError", found["message"][-2000:]
    return entry["loadStatus"] == "LOADED" and bool(found)


@pytest.fixture
def barn(tmp_path: Path) -> Barn:
    """One program's files, of which none has been received yet."""
    barn = Barn(tmp_path / "barn")
    barn.lumbung("demo", "--people", "400", "--years", "1", "--program", PROGRAM)
    return barn


@pytest.fixture
def address(barn: Barn) -> Iterator[str]:
    """`lumbung ui` on a free port, with its daemon and code server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        barn.command("ui", "--port", str(port)),
        env=barn.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        until("the web server", lambda: urllib.request.urlopen(url, timeout=5).status == 200)
        until("the code location", lambda: loaded(url))
        yield url
    finally:
        # Web server, daemon and code server are children in the same session.
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        subprocess.run(["pkill", "-KILL", "--session", str(process.pid)], check=False)
        process.wait()


@pytest.fixture
def browser() -> Iterator[webdriver.Chrome]:
    """Debian's Chromium without a screen."""
    if not (BROWSER and DRIVER):
        pytest.skip("no Chromium on this machine (Debian: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for option in OPTIONS:
        options.add_argument(option)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


def shown(browser: webdriver.Chrome, by: str, what: str) -> WebElement:
    """The last visible element that matches."""
    return until(
        what,
        lambda: ([e for e in browser.find_elements(by, what) if e.is_displayed()] or [None])[-1],
    )


def press(browser: webdriver.Chrome, text: str) -> None:
    """Press the button that shows `text`, once it can be pressed."""
    path = f"//button[contains(., '{text}')]"

    def pressed() -> bool:
        buttons = [b for b in browser.find_elements(By.XPATH, path) if b.is_displayed()]
        if not buttons or not buttons[-1].is_enabled():
            return False
        buttons[-1].click()
        return True

    until(f"the button {text!r}", pressed)


def test_one_period_of_one_program_from_the_ui(
    barn: Barn, browser: webdriver.Chrome, address: str
) -> None:
    browser.get(f"{address}/locations/lumbung/jobs/receive_{PROGRAM}")
    press(browser, "Materialize all")
    shown(browser, By.XPATH, "//*[contains(text(), 'Select a partition')]").click()
    shown(browser, By.CSS_SELECTOR, "input[placeholder='Filter partitions']").send_keys(PERIOD)
    shown(browser, By.XPATH, f"//*[text()='{PERIOD}']").click()
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    press(browser, "Launch 1 run")
    # Leaving the page at once could take back what the button has just asked for.
    until("the run to be launched", lambda: launched(address))

    browser.get(f"{address}/runs")
    until("the run to end", lambda: set(ENDED) & set(re.findall(r"\w+", browser.page_source)))
    assert "Failure" not in browser.page_source

    # What it did is in the vault: this period's files and no other.
    with barn.connect() as con:
        periods = con.execute(
            "SELECT DISTINCT program, period FROM vault.quality.submissions"
        ).fetchall()
        rows = con.execute(f"SELECT count(*) FROM vault.submissions.{PROGRAM}").fetchone()
    assert periods == [(PROGRAM, PERIOD)]
    assert rows and rows[0] > 0

    # And the UI shows it: the asset's period with its row count and checks.
    browser.get(f"{address}/assets/submissions/{PROGRAM}?view=partitions&partition={PERIOD}")
    until(
        "the row count", lambda: "row_count" in browser.page_source or "rows" in browser.page_source
    )


def test_the_code_location_loads_in_both_ways(barn: Barn) -> None:
    """`workspace.yaml` for `dagster`, `[tool.dg]` of pyproject.toml for `dg`."""
    barn.home.dagster.mkdir(parents=True)
    for command in (
        [sys.executable, "-m", "dagster", "definitions", "validate", "-w", "workspace.yaml"],
        [str(Path(sys.executable).parent / "dg"), "check", "defs"],
    ):
        done = subprocess.run(
            command,
            env=barn.environment(),
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command[-2:]} said {done.stderr[-2000:]}"
