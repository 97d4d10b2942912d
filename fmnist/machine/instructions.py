"""What the processor can do that makes training faster; detected only on Linux."""

from pathlib import Path


def has_avx512() -> bool:
    """Whether it computes with vectors of 512 bits."""
    return "avx512f" in _flags()


def has_bfloat16() -> bool:
    """Whether it multiplies bfloat16 natively."""
    return bool({"avx512_bf16", "amx_bf16"} & _flags())


def _flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return set()
    return next((set(line.split()) for line in lines if line.startswith("flags")), set())
