"""Who is answered and who waits; what is told of a server that is not there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.errors import CitewellError
from rag.events import Event
from tests.browser import Visitor, served
from tests.ui.web.scripted import Scripted
from ui.web.chat.answer_jobs import AnswerJob, QueuePlace, Workers, followed
from ui.web.chat.conversations import Conversations
from ui.web.chat.job_queue import JobQueue
from ui.web.server import create_app

Visit = Callable[..., Visitor]


def no_events() -> Iterator[Event]:
    return iter(())


def in_a_loop(work: Callable[[], object]) -> object:
    """In a thread of its own, whose loop is its own as well."""

    async def run() -> object:
        return work()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, run()).result()


class ToldJob(AnswerJob):
    def __init__(self) -> None:
        super().__init__(no_events)
        self.places: list[int | None] = []

    def tell(self, item: object) -> None:
        assert isinstance(item, QueuePlace)
        self.places.append(item.before)


class Idle(Workers):
    def do(self, work: Callable[[], None]) -> None:
        pass


def test_a_job_queue_is_first_come_first_served_and_tells_places() -> None:
    def work() -> None:
        job_queue = JobQueue(Idle(1), at_once=1, waiting=2)
        first, second, third, fourth = (ToldJob() for _ in range(4))
        job_queue.join(first)
        job_queue.join(second)
        job_queue.join(third)
        with pytest.raises(CitewellError, match="1 questions are being answered and 2 are waiting"):
            job_queue.join(fourth)
        assert (first.places, second.places, third.places) == ([None], [0], [1])
        job_queue.leave(second)  # gave up
        assert third.places == [1, 0]
        job_queue.leave(second)
        job_queue.leave(first)
        assert third.places[-1] is None
        job_queue.join(fourth)
        assert fourth.places == [0]

    in_a_loop(work)


def test_what_is_followed_goes_to_its_end_without_anybody() -> None:
    done: list[str] = []

    async def news() -> object:
        for at in range(3):
            await asyncio.sleep(0)
            yield at
        done.append("drawn")

    async def begun() -> None:
        done.append("kept")

    async def look() -> None:
        watching = followed(news(), begun=begun)
        await anext(watching)
        await watching.aclose()  # the page is closed
        while done.count("kept") < 2:
            await asyncio.sleep(0.001)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, look()).result()
    assert done == ["kept", "drawn", "kept"] or done == ["drawn", "kept", "kept"]


@pytest.mark.browser
def test_a_fifth_visitor_is_told_the_place_in_line_and_answered(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    four = [visit(address) for _ in range(4)]
    for visitor in four:
        visitor.ask("stuck", until="writing")
    fifth, sixth = visit(address), visit(address)
    fifth.ask("which papers?", until="waiting")
    sixth.ask("and which others?", until="waiting")
    fifth.page.wait_for_function(
        "document.querySelector('.cw-turns').innerText.includes('Your question is next')"
    )
    assert "Others are being answered. 1 question before yours" in sixth.text("answer")
    fifth.picture("waiting")
    sixth.page.locator(".cw-send").click()
    sixth.wait("stopped")
    scripted.released.set()
    fifth.wait("done")
    assert fifth.page.locator(".cw-trouble").is_hidden()
    sixth.page.get_by_role("button", name="Ask again").click()
    sixth.wait("done")


@pytest.mark.browser
def test_a_request_that_is_refused_is_told_in_our_words(address: str, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    page.route("**/gradio_api/queue/join*", lambda route: route.fulfill(status=413, json={}))
    box = page.get_by_label("Your question")
    box.fill("which papers?")
    box.press("Enter")
    page.locator(".cw-trouble", has_text="more than Citewell takes at once").wait_for()
    assert box.input_value() == "which papers?"
    assert not page.locator(".toast-body").is_visible()
    page.unroute("**/gradio_api/queue/join*")
    box.press("Enter")
    visitor.wait("done")
    assert page.locator(".cw-trouble").is_hidden()
    visitor.faults.clear()  # the browser complained of the refusal


@pytest.mark.browser
@pytest.mark.slow
def test_a_server_that_starts_anew_in_the_middle_of_an_answer(
    scripted: Scripted, visit: Visit
) -> None:
    with served(lambda: create_app(scripted)) as address:
        visitor = visit(address)
        visitor.ask("which papers?")
        visitor.ask("stuck here", until="writing")
        visitor.page.get_by_label("Your question").fill("a draft meanwhile")
        visitor.page.wait_for_timeout(300)
    visitor.page.locator(".cw-trouble", has_text="Citewell has stopped answering").wait_for()
    assert not visitor.page.locator(".toast-body").is_visible()
    scripted.released.set()
    with served(lambda: create_app(scripted), port=int(address.rpartition(":")[2])):
        visitor.wait("stopped")  # without anybody's doing
        visitor.page.wait_for_selector(".cw-trouble", state="hidden")
        assert visitor.page.locator(".cw-turn").count() == 2
        assert "stuck here" in visitor.text("ask")
        assert visitor.page.get_by_label("Your question").input_value() == "a draft meanwhile"
        visitor.page.get_by_role("button", name="Ask again").last.click()
        visitor.wait("done")
        assert visitor.page.locator(".cw-turn").count() == 2
        visitor.faults.clear()  # the browser complained of the time without a server


@pytest.mark.browser
def test_an_answer_outlives_a_reload(address: str, scripted: Scripted, visit: Visit) -> None:
    visitor = visit(address)
    visitor.ask("stuck", until="writing")
    visitor.page.wait_for_function("location.hash.length > 3")
    visitor.page.reload()
    visitor.page.wait_for_selector(".cw-turn[data-state=writing]")
    scripted.released.set()
    visitor.wait("done")
    assert visitor.page.locator(".cw-turn").count() == 1
    assert len(scripted.asked) == 1
    visitor.faults.clear()  # Gradio complained of the stream that the reload cut off


@pytest.mark.browser
def test_two_tabs_answer_in_the_same_conversation(
    address: str, scripted: Scripted, visit: Visit, tmp_path: Path
) -> None:
    before = threading.active_count()  # other servers of this process have theirs
    visitor = visit(address)
    visitor.ask("which papers?")
    other = visitor.page.context.new_page()
    other.goto(visitor.page.url)
    other.wait_for_selector(".cw-turn[data-state=done]")
    visitor.ask("stuck one", until="writing")
    other.get_by_label("Your question").fill("stuck two")
    other.keyboard.press("Enter")
    other.wait_for_selector(".cw-turn:last-child[data-state=writing]")
    scripted.released.set()
    visitor.wait("done")
    other.wait_for_selector(".cw-turn:last-child[data-state=done]")
    other.reload()
    other.wait_for_function("document.querySelectorAll('.cw-turn[data-state=done]').length === 3")
    asked = other.locator(".cw-question").all_inner_texts()
    assert [text.split("\n")[0] for text in asked] == ["which papers?", "stuck one", "stuck two"]
    assert threading.active_count() < before + 40


def test_an_answer_cut_off_is_kept_as_such(tmp_path: Path) -> None:
    from ui.web.chat import render
    from ui.web.chat.turn import ChatTurn

    kept = Conversations(tmp_path)
    kept.keep("a browser's secret", "c1", [ChatTurn(id="e1", question="which?", state="writing")])
    (found,) = kept.load("a browser's secret", "c1") or ()
    kept.close()
    assert found.state == "stopped"
    assert "Citewell was ended before this was answered" in render.turn(found)["answer"]
