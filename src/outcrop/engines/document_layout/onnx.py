"""PicoDet for layouts and SLANet-plus for tables by ONNX Runtime, in a process of their own.

Source: https://github.com/PaddlePaddle/PaddleOCR
"""

from typing import Any

from outcrop.engines.document_layout.interface import Layout, Region, Table, TableCell
from outcrop.engines.workers.engine import EngineFront, EngineProgram

PROGRAM = EngineProgram(
    module="outcrop.engines.document_layout.onnx_worker",
    extra="vision",
    libraries=("cv2", "numpy", "onnxruntime", "PIL"),
    weights={"regions": "layout-cdla", "tables": "slanet-plus"},
)


class OnnxLayoutReader(EngineFront):
    """Sees the parts of pages, and the cells of tables. Belongs to one event loop."""

    program = PROGRAM

    async def see(self, image: bytes) -> Layout:
        """See `LayoutReader.see`."""
        told = (await self._engine.ask(None, image)).value
        return Layout(
            regions=tuple(
                Region(kind=kind, score=score, box=tuple(box))
                for kind, score, box in told["regions"]
            ),
            tables=tuple(
                sorted((_table(each) for each in told["tables"]), key=lambda table: table.box[1])
            ),
        )


def _table(told: Any) -> Table:
    return Table(
        score=told["score"],
        box=tuple(told["box"]),
        rows=told["rows"],
        columns=told["columns"],
        cells=tuple(
            TableCell(
                row=row,
                column=column,
                row_span=row_span,
                column_span=column_span,
                score=score,
                box=tuple(box),
            )
            for row, column, row_span, column_span, score, box in told["cells"]
        ),
    )
