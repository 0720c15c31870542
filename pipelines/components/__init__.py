"""Component types that a `defs.yaml` can name."""

from pipelines.components.program import Program

__all__ = ["Program"]
