"""Where our reading of an address says a browser goes, a browser goes."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.redirects.tricks import HERE, TRICKS, destination

READ = """([address, base]) => {
  try {
    const url = new URL(address, base)
    return url.protocol.match(/^(http|ws|ftp)/) ? `${url.protocol}//${url.host}` : url.protocol
  } catch { return "" }
}"""


def test_a_browser_reads_each_trick_as_we_do(browser: Browser) -> None:
    page = browser.new_page()

    read = {trick: page.evaluate(READ, [trick, HERE]) for trick in TRICKS}

    assert {trick: found for trick, found in read.items() if found and found != destination(trick)} == {}
