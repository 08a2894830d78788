"""What the fronts of abilities are made of."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from outcrop.engines.workers.engine import (
    EngineFailedError,
    EngineProgram,
    EngineUnavailableError,
    RefusedInputError,
    WorkerEngine,
)
from outcrop.weights import WeightsSettings, WeightStore

HERE = Path(__file__).parent

pytestmark = pytest.mark.anyio


@pytest.fixture
def store(tmp_path: Path) -> WeightStore:
    store = WeightStore(WeightsSettings(directory=tmp_path / "weights", sources=()))
    file = tmp_path / "mine.onnx"
    file.write_bytes(b"ONNX")
    store.add(file, name="mine", ability="ocr")
    return store


@pytest.fixture
async def engine(
    store: WeightStore, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[WorkerEngine]:
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    program = EngineProgram(
        module="echo_worker", extra="vision", weights={"model": "mine"}, config={"threads": 2}
    )
    engine = WorkerEngine(program, store)
    yield engine
    await engine.close()


async def test_it_answers_and_streams(engine: WorkerEngine):
    assert engine.worker is None
    answer = await engine.ask({"echo": "é"}, b"\x00")
    assert (answer.value, answer.blob) == ({"echo": "é"}, b"\x00")
    assert [frame.value async for frame in engine.stream({"count": 3})] == [0, 1, 2]


async def test_its_worker_is_told_where_the_weights_are(engine: WorkerEngine, store: WeightStore):
    await engine.ask({"echo": 1})
    assert engine.worker is not None
    assert (await engine.worker.start())["config"] == {
        "threads": 2,
        "model": str(store.path("mine")),
    }


async def test_a_refusal_has_the_workers_words(engine: WorkerEngine):
    with pytest.raises(RefusedInputError, match="too blue") as refusal:
        await engine.ask({"refuse": "too blue"})
    assert (refusal.value.kind, refusal.value.details) == ("no", {"asked": "it"})


@pytest.mark.parametrize("request_", [{"die": True}, {"unknown": 1}])
async def test_a_failure_is_the_engines_and_the_next_request_is_answered(
    engine: WorkerEngine, request_: object
):
    with pytest.raises(EngineFailedError):
        _ = [frame async for frame in engine.stream(request_)]
    assert (await engine.ask({"echo": 1})).value == {"echo": 1}


async def test_what_is_missing_is_named_until_it_is_there(store: WeightStore, tmp_path: Path):
    pulled = WorkerEngine(
        EngineProgram(module="m", extra="vision", weights={"model": "smollm2-135m-instruct-q4_1"}),
        store,
    )
    with pytest.raises(EngineUnavailableError, match="outcrop models pull smollm2-135m"):
        await pulled.ask({})
    installed = WorkerEngine(
        EngineProgram(module="m", extra="vision", libraries=("no_such_library",)), store
    )
    with pytest.raises(EngineUnavailableError, match=r"pip install 'outcrop\[vision\]'"):
        await installed.ask({})
    gone = WorkerEngine(EngineProgram(module="m", extra="vision", weights={"a": "mine"}), store)
    (tmp_path / "mine.onnx").unlink()
    with pytest.raises(EngineUnavailableError, match="gone or has changed"):
        await gone.ask({})
